/** The passwords that every guessing list starts with (ASVS 6.2.4), lower case, of eight characters and more. */
const COMMON = new Set(
  `00000000 11111111 12121212 12312312 123123123 12341234 1234512345 12345678 123456789 1234567890 12345678910
  123456789a 123456a1 1234abcd 1234qwer 12qwaszx 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 22222222 31415926
  55555555 66666666 77777777 87654321 88888888 987654321 9876543210 99999999 a1234567 a12345678 a123456789 aa123456
  aa12345678 aaaaaaaa abc12345 abcd1234 abcdefgh abcdefghi access14 adminadmin admin123 admin1234 administrator alexander
  asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl babygirl1 baseball baseball1 basketball beautiful blink182 butterfly
  changeme changeme1 changeme123 charlie1 chocolate christian computer corvette dddddddd default1 elizabeth facebook
  football football1 garfield godzilla hello123 hello1234 hellohello iloveyou iloveyou1 iloveyou2 instagram instagram1
  instagram123 internet jennifer jonathan letmein1 letmein123 liverpool liverpool1 lovelove manchester marlboro maverick
  mercedes michelle michelle1 midnight minecraft monkey123 mustang1 naruto123 nicole123 p@55w0rd p@ssw0rd p@ssword
  pa$$w0rd pass1234 passpass passw0rd passw0rd1 password password! password1 password1! password12 password123
  password1234 password2 pokemon1 pokemon123 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qq123456 qwe12345
  qwer1234 qwerqwer qwert123 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop qwerty1! rootroot samantha secret123
  shadow123 sunshine sunshine1 superman superman1 superstar test1234 testtest trustno1 victoria warcraft welcome1
  welcome123 whatever whatever1 william1 xxxxxxxx zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm123 zxcvbnma`.split(/\s+/),
);

/** Whether guessing starts with this one, in whatever capitals. */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}
