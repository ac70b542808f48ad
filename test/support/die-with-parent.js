// node -r: a test run that is killed takes its workers along; they see the pipe between them close.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
