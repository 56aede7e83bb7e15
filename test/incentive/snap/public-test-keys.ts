/*
 * PUBLIC TEST KEYS. They were made for these tests, protect nothing, and must never be used anywhere else.
 *
 * No published vector of SNAP BI with known keys could be verified, so the signatures below are our own. They were made by
 * OpenSSL from texts put together by hand, not by the code under test:
 *
 *     printf %s "prakerja-test|$TIMESTAMP" | openssl dgst -sha256 -sign ours.pem | openssl base64 -A
 *     printf %s "$BODY" | openssl dgst -sha256 -r
 *     printf %s "POST:$PATH:$TOKEN:$DIGEST:$TIMESTAMP" | openssl dgst -sha512 -hmac "$CLIENT_SECRET" -binary | openssl base64 -A
 *     printf %s "POST:$PATH:$DIGEST:$TIMESTAMP" | openssl dgst -sha256 -sign partner.pem | openssl base64 -A
 */

/** The program's: signs requests for a token. */
export const ourPrivateKey = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC8B5Iglycj86ZI
xWkfI5n+rZiaZmDNjcSdFTkwgs6ybe+7sgd88nswK4SQg5AGkGBhDLqsIXjbVntn
OzDyUpTBOQuGrBF2XO3B64NcScd6iOF9aWlDrhOTB+6XcAgRdsvJcEqXAaIeXysT
kRMC/QBtOCVDj5BHRFl8e/TRvL00XCjGlxmJmrxIyzfWzoRJJousjBK4/hPawEqp
NaZSjWBSt+zwBKuQW17iH8rd/ayO8gF/V1TBIKnmUty1oo3l3nwLdnfv2y3NL/Bu
DsKrZBgkVrnyAVxRdRWs74Qj35RT2YLnrpySTF+XZIUSM288vgHADCKJpg/oDCYa
vMj7XJ1TAgMBAAECggEAVE5OsicjqQZ/WaSNyCT10I90W1Io+DEm5UmVTU9xLuaE
9VLS8a5lFomElCkxBAhq9ki3UCNn5Wxmwzfyb8wgH2yc4uK2p6vt/KNE0DXSZ3oF
JG6FgI+F/kgxrZvROkdaAvVCtGdKkbSZA1pqPE5FCTOB3cN6bMHUH7ESaZHnAZjF
h2vxsDZMR6I0bnlo+K/2I8J1CTOdV4xYhgGLGir7s3nSwFH+YbpvebCHaA2QImRR
2oAuP4ILoGHR97NOEpcbIM73wmQtXVzlWEUn6lgWCEjldUCZPC0rDPUUT0hR/AEj
504lrQbm3mOe7Yiktjur7MWY6sjgJiEhluj+7/yCMQKBgQDrDlYoq3e4DZxMORg5
pkulc1JBB7hTDz0uQAAePue3rTzaolDsL6UsoKyfO362rnRo/uZvqdykyOLO8UJT
MnmvZbPnStG6bEH9EyZ15/DU/ArLh4XDvkAQqldWTVDBnTTbIbunIepsenFZ4Vf8
Y+RG4wdLaTkz9uSSh0bMn9R9MQKBgQDMyI3gU5R9y7VCkLygLd6x5regrC7tVYOf
1poJl83f9s7JyG+MNJmF6YuFFdS+BjFI1NNsBHv43LHC9e6ib7VEP2RtFC+mosKR
J86GCEVyVH95ZOBG93QVlXGusxt6LJTyw03zwqnDo3FRGr2x2pgMV/I0HJbgyS99
Tr5fEwERwwKBgDZgbawg5qQseeDkQGdtwgg3Ymrq10hXuSaO5bgZg09pgy9s512M
NCDb1rNLdyfZudJkTXi9ie6RDm8jPt2ySpY55+F03InM64MZQAd8rakH2ZN1+Yrr
4zQ3w9aSMkFoFccvyZKDdRC9TqWlTM51aWTAtnpKkFImJoCDTOyfeO+xAoGBAIx9
VqA8ltXKiDr3kwCNF4eTEg0/sx4NmbRxhNHp/EqXRvy17pkQiPaO57HQ7VfEZdFi
eP1VAjwUJDvtft6fposAtoQC4kH+zV7KIWxghkxOXfnJU/g70b7w/MHujH4/0ZvO
k08VEGRwX9BVeShoIAHv3/ESYAws2dCs0fvlzMkDAoGAc51chlI9GgOb9KR8L5j3
ovVbNHzHk0dDZFkycWpcfCBYQ5cPQicZTIOuRJcPDQ6z7ngM0zkkvfVMBgFd+fI4
6vur/jnsEtKxLTY5pW0Qg4fIoPsBKStRcYDclFBaw0ptxkCX4WDS+tnx8K3oiRmC
Q/CoMMlmc8AQ4gFx3tnl93o=
-----END PRIVATE KEY-----
`;
export const ourPublicKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvAeSIJcnI/OmSMVpHyOZ
/q2YmmZgzY3EnRU5MILOsm3vu7IHfPJ7MCuEkIOQBpBgYQy6rCF421Z7Zzsw8lKU
wTkLhqwRdlztweuDXEnHeojhfWlpQ64Tkwful3AIEXbLyXBKlwGiHl8rE5ETAv0A
bTglQ4+QR0RZfHv00by9NFwoxpcZiZq8SMs31s6ESSaLrIwSuP4T2sBKqTWmUo1g
Urfs8ASrkFte4h/K3f2sjvIBf1dUwSCp5lLctaKN5d58C3Z379stzS/wbg7Cq2QY
JFa58gFcUXUVrO+EI9+UU9mC566ckkxfl2SFEjNvPL4BwAwiiaYP6AwmGrzI+1yd
UwIDAQAB
-----END PUBLIC KEY-----
`;
/** A partner's: signs notifications. */
export const partnerPrivateKey = `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDatCsDbQ5O89Wz
ah2YeN08hMV0s5XaJx5g/DIqdi00sYxzgxOH/JSBclCrGCYvoO+3BTAY6XJxdJaD
4fkswrwvNx6Cy/pYw9vlCGoDTcJyWn9m4vg+TTcsPjbI+s5bKff2AyNYKNYvCjMZ
YyLYdjaj+oTbNQjwFtghlWigZcZ87bjFsU+P01V0j2PFAxZDmpS0znrDSTTtbpza
ZKUkE6JpEvduybC/6dwHqLoVcpNIXxK510bP3fybAPZCQ5CwdEoVqUlOSrx/1l1l
b0RDOcWPT4Ih8pJirM8FdSPxUn2WiP/zQiGxaIDr0sMD54k+Ft9uaXhEpZh2ZYtD
Xglhii0TAgMBAAECggEAI0U5cfOAAmabg7RCMp6SBgUJjRZl596K19bu8N8fJOeE
qvUBd4WvSNMFRG/Vagqj2NnK1ccBmwoo41BUWDjNkuBqQ2t0TnrDt0OXSTzHS5w2
/gJDnlSN6HeIwU/awLlbe77Uz+PCFahTm61bvMS6b3vi5Nvq5Za242+jhclJbJ24
7nRBsmA2V4e6vD/Z2y7GvTvjgke3GParV1yYsg+FX0UOCJ0xUOgyEQDlw0hRoQah
HmtGP4pAzkAmH4sXYCVjUEF5YbNWj6XjTPXubLZT4YweS1K7F1aMpH/mY5x/VCbV
bB5ecyNptKbAMSaxyqHiPntojdQXUofCeri0AyomTQKBgQDtpBqd11zKqVbYyGEt
jz9naTxthcc0bUCbAbj8M1anvqRxBU4tKxPrSkUMX3XQj8bnLXwuCocFUwfSEFGF
dAS0o+7E6Cn8xPfqNjqotRyB7py6K9RTJajapHgutrPQnN6E3e32g3H51/97PoAt
OeegDZTMIahgut81Cjw1RJANhwKBgQDrmYlaRzGilNmlJoeDYKTP1zlVwEHwd0F4
RKB330HY5vNfQAGEO6LWgdqisJiabrqiNz6TeAZkphQXO2QC9ndKi063bd+aas91
SIDPmXKmgay/8QXh4yzEpC5omnJLo1EXBZcFqRFKwrRyPuaqGi1o5JdqZenTJ31Z
tiV/GWqnFQKBgQCgUpQ6ZK8PcstKmXUmPXwzEgZYhWZtcj+h07mvPBt8M9vQ/BlP
074ugP6waD6dpEI2eLNMhIGvD+M4zxWQiUMbc3WElnStOV1gP5G3e+htqENIPoWS
StfuGgOS0GPjm9FrpiYCp49fVV/hD7t9x5ECo+b9CMAF8kzgBbW04jqlRQKBgFqb
LYuenaQdAqbU7oDEBh44c0BbNAC6nF8YZW40WiqEh0w2XV7xYGqGfgLbT5T0yKnh
/RrRqgPDKy7UFF5fUvlEIf3BL6E/OpGsVH2CUelfLYSTuONqbqkhSwfHffVA1cq4
x5/RqWjLAIJ/Vk5MyvHwF5s/nnEqWrbJqhn7OF0RAoGBAKoeUmMQKeGWyBVMc1ri
q+wBXckG1NeMvKwGqeQdnEMnB/e4kdzhxa3lemhDD6Q0k/UKKcRR7/1dK5Qsueyn
k4weS1MNS+/x5pYf7Olh+W+atxXgWNuHNEv/E+NRwZjLaL5sb1rKlNK94+fvJLOw
ytMmcstNslPe25gALgaoUpU5
-----END PRIVATE KEY-----
`;
export const partnerPublicKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2rQrA20OTvPVs2odmHjd
PITFdLOV2iceYPwyKnYtNLGMc4MTh/yUgXJQqxgmL6DvtwUwGOlycXSWg+H5LMK8
Lzcegsv6WMPb5QhqA03Cclp/ZuL4Pk03LD42yPrOWyn39gMjWCjWLwozGWMi2HY2
o/qE2zUI8BbYIZVooGXGfO24xbFPj9NVdI9jxQMWQ5qUtM56w0k07W6c2mSlJBOi
aRL3bsmwv+ncB6i6FXKTSF8SuddGz938mwD2QkOQsHRKFalJTkq8f9ZdZW9EQznF
j0+CIfKSYqzPBXUj8VJ9loj/80IhsWiA69LDA+eJPhbfbml4RKWYdmWLQ14JYYot
EwIDAQAB
-----END PUBLIC KEY-----
`;

export const clientId = 'prakerja-test';
export const clientSecret = 'a secret of the tests';
export const accessToken = 'token-of-the-test';
/** 10:15:30 in WIB. */
export const at = new Date('2026-03-02T03:15:30.250Z');
export const timestamp = '2026-03-02T10:15:30+07:00';

export const tokenVector = {
  signature:
    'Vb7+a3XlKGIIo7kxA2n6jO2MwlrG9VR0v9jkDlcHIgyDRmhT46BH5yhRIMOCMe3jrANGX/OasbpWIbARDDnLmBNgpto23WRn0APkh8eQ8qNyd+akKoz3ezyrBLriuxbjsU+sO9RtHmFMbS8CDsDO+MPc2SdvFQ1kI1uLvObSl4+Q4AfwBsQoWCvom0NOzq7oO1654IfvYnlwPSNs5BsMkmu/qC3wX0Kthc1wK1CYQMA7lbKSoBoeYTOqWFu/OWHrll6Krtrqj991g2fuKgCqal+OnBjLNffu8PgGBQEBe/n/WyjlisB06QSzoB5MN3SDDvV+SUzRetfp1QIqDZe3GQ==',
};

export const transferVector = {
  path: '/v1.0/transfer-intrabank',
  body: '{"partnerReferenceNo":"T1A1TEST","amount":{"value":"600000.00","currency":"IDR"},"beneficiaryAccountNo":"1234567890","sourceAccountNo":"888000111","transactionDate":"2026-03-02T10:15:30+07:00","remark":"Insentif Kartu Prakerja"}',
  digest: '18c2cb5bccbd627fb795678c3fce0d4061a89672174ad54d7f592ba982714cd5',
  signature: '4lCNw9UfOtTpb4LE0oUtHjFf9UXQNqZWSyjD58c6GW2rYMivkdtomUrFUPtI9ckqtxknb2Sx8glrwHXGEuD+rQ==',
};

/** The digest is of the compact body; white space within its strings is a part of it. */
export const notificationVector = {
  path: '/v1.0/transfer/notify',
  body: String.raw`{"originalReferenceNo":"BANK 1","originalPartnerReferenceNo":"T1A1TEST","latestTransactionStatus":"00","transactionStatusDesc":"paid  \"in full\"","amount":{"value":"600000.00","currency":"IDR"}}`,
  digest: 'fb8e6cbab0471b29d30800c418a30c65496b6889c6e6082f333a7d12a2fb6ed5',
  signature:
    'JjjIMgmHQtNO+cex2MaUcfGTye5UhYcr6aZ08zNBShKASyRYMo3PDiv4ZN/EJ2UwtGYnwX7P1y1fGtT4lF50qGMHXpysyMgflbsTGXoRPFhHMlxdh8I2c7tpsfr3GoCXGDv9uRhKbuqULB008FgpXGU2UnGLe/9RAVQoTqyPAsoAw7iM2TuU2PEtxY7RiYUJI0uWYd/b9mMUMYrFhrIgx0k4IHEShdlsnaTDfaBM+m5ICEkE/0BuZobDb22zZmeLqrTpnvbVLDgl/iLWlXaep1swHqGPqzja7ZgtmcK3Y9gQazAhkdIc1oQa19euSBk0WzekJPBWx6S4DkCH454FEw==',
};
