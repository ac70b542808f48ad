import { eventually, House } from '../support/app';
import { describeWithFfmpeg, moovLast } from '../support/bad-media';

jest.setTimeout(60_000);

const ASSETS = '/api/instagram/assets';

/** What mending does in full stands in mending-videos.test.ts; this is about the queue that wakes it. */
describeWithFfmpeg('a video that has to be mended', () => {
  it('wakes a worker, on whichever queue', async () => {
    const house = await House.open({ env: { SWEEP_INTERVAL_MS: '60000' } });
    try {
      const user = await house.connectedUser();
      await house.startWorker();
      const { id, status } = (await user.upload(`${ASSETS}/upload`, await moovLast(), 'clip')).body;
      expect(status).toBe('processing');
      const asset = await eventually(
        async () => (await user.get(`${ASSETS}/${id}`)).body,
        (one) => one.status !== 'processing',
        30_000,
      );
      expect(asset).toMatchObject({ status: 'ready', problems: [], mended: ['index moved to the front'] });
    } finally {
      await house.close();
    }
  });
});
