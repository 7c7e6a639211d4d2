/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate pair built into s2nd, and the root that s2nc trusts besides the system's.
 *
 * TEST ONLY, NOT A SECRET: the private key below is public knowledge, so that the two programs can talk to
 * each other without any set-up. Nothing that matters may ever be protected with it. RSA-2048, self-signed,
 * valid 2020 to 2120; its names are TEST_PKI_NAME and localhost. The key is there for the file that
 * defines TEST_PKI_WITH_KEY only.
 */
#ifndef TEST_PKI_H
#define TEST_PKI_H

#define TEST_PKI_NAME "s2nTestServer"

static const char test_pki_cert[] = "-----BEGIN CERTIFICATE-----\n"
                                    "MIIDSDCCAjCgAwIBAgIUKArCW6A+8DlubZtEeXUVXXcYarMwDQYJKoZIhvcNAQEL\n"
                                    "BQAwGDEWMBQGA1UEAwwNczJuVGVzdFNlcnZlcjAgFw0yMDAxMDEwMDAwMDBaGA8y\n"
                                    "MTIwMDEwMTAwMDAwMFowGDEWMBQGA1UEAwwNczJuVGVzdFNlcnZlcjCCASIwDQYJ\n"
                                    "KoZIhvcNAQEBBQADggEPADCCAQoCggEBAL9zowGcvYuiAGj5L4GWyHw7sUSkjJ0o\n"
                                    "o8+rDELj1S5IBrfRN50rtcVNcXHteYW0fYs6jr+t9qYZ9XdOKH757OmljZlcKWSs\n"
                                    "N4ZDbIkRXOp0fh+Rjwq5gwXyISGw+iqoQtv5Uhhd0rLm17o1tN8rMWNvC6qVCTYP\n"
                                    "weSZchaDrKOs1HxlQ8gLsPdHzsILbmzoE1B5tC2Da+q3CgXiIs2ISJYRHeisXLWU\n"
                                    "t9f/G1zOcBYuX/9Qg4aFc7F2KCPzhQnZqU5V4CJ/yH56zYFQDBJIEHijqo5QCVCl\n"
                                    "0IhULZuPs2w7QELxQY4YlSv/5wyeDKr6B6tSGJqC0ZJWcDhhaX4xWWUCAwEAAaOB\n"
                                    "hzCBhDAdBgNVHQ4EFgQUedeMagrEVa2TktLETxSYIdE1snQwIwYDVR0RBBwwGoIN\n"
                                    "czJuVGVzdFNlcnZlcoIJbG9jYWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0P\n"
                                    "AQH/BAQDAgKkMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjANBgkqhkiG\n"
                                    "9w0BAQsFAAOCAQEAivDtpmzzEzQnzmq42t/PsVGiZ9qn1RZYnKGRT1HZaP8/IAjN\n"
                                    "krRtFCntROAVXtTliy/t7n4FDR9sZ57GAA+cXEeSJLtfUwpnuKkzn4IpdyifKnfC\n"
                                    "F/XDv0o++O/0iKhutmMhQWVnQEsmj115FAqmqdyAEUB1g4C93hh1tEiHGQ3RMcXJ\n"
                                    "EH04YOost79dhfCoKYolynVAFwiw/Qm5eOdfxpyG9lmBQ3wYgbKcuh9qVdZ8stG0\n"
                                    "la/KFfB5UaNKzVXWtRCl+tuOherqpcjmEHxA+XmG40odwSquGcKJbsSt8riTJcB4\n"
                                    "yzyOefk6nUtUjLqKQ8OLNgI33UQLtQyoG0rE+g==\n"
                                    "-----END CERTIFICATE-----\n";

#ifdef TEST_PKI_WITH_KEY
static const char test_pki_key[] = "-----BEGIN PRIVATE KEY-----\n"
                                   "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC/c6MBnL2LogBo\n"
                                   "+S+Blsh8O7FEpIydKKPPqwxC49UuSAa30TedK7XFTXFx7XmFtH2LOo6/rfamGfV3\n"
                                   "Tih++ezppY2ZXClkrDeGQ2yJEVzqdH4fkY8KuYMF8iEhsPoqqELb+VIYXdKy5te6\n"
                                   "NbTfKzFjbwuqlQk2D8HkmXIWg6yjrNR8ZUPIC7D3R87CC25s6BNQebQtg2vqtwoF\n"
                                   "4iLNiEiWER3orFy1lLfX/xtcznAWLl//UIOGhXOxdigj84UJ2alOVeAif8h+es2B\n"
                                   "UAwSSBB4o6qOUAlQpdCIVC2bj7NsO0BC8UGOGJUr/+cMngyq+gerUhiagtGSVnA4\n"
                                   "YWl+MVllAgMBAAECggEAHfgpFTCHD1udutD/GccTvTbO6hLkHBnngrOg6LunfGYz\n"
                                   "/wRWM1lLTAZycsYc1sxJNslE3UaLLLc1kKaAelf/ORf8UXx20laPHophbBd2txDj\n"
                                   "SWfMv34Iv56GhzKgBptuU+b0bfIJ8I1oSbLsjF7DjXAtoFdSKM9Qp8tJa7LTDI/U\n"
                                   "3PPHs4j0lqKI9CH1FiIwtrBicPc+6ywiDQnqHv0rAcvBIV7eTjyEJJIxwoAn16nc\n"
                                   "vxQoH0fXD7Tzx5K0Oy6dpk9WpO9AidjdrGx5yPlyCblPsZE7WQToGNXR6xDFKTAR\n"
                                   "a4IFd7DGRbVNuzLTScH/nzClMZ6MrFbkhIez3MwtoQKBgQDyp27yusJaDzKFw98V\n"
                                   "nBMuPIMwivOwHQKFoF3esIn8LxRVoXNFKDGU1nQXejtyRoQOWNLrrpYRefRjY37Z\n"
                                   "BfTK5lXDL2uy0QTSd8D0qAcpGOcfyz8sJUF7CC+tMW4tsBjQmoWNLvcF/1O/HgIZ\n"
                                   "nAGxz23bhI7Oq8TjWMhJS2ElCQKBgQDJ+0Zm1CBJndFfFc59mGEjcLahJYBXDhWb\n"
                                   "P/ZTT/3TDai9eFtci/HDO0cIdY23uIQBOd6brOp1kTcR66N3CpXem5R9KgdyQNou\n"
                                   "gnS1z1XQj+NvN1O3jtnc7kPsqqTffpFqQObaCK94zc8hTorRrkrSpc9q60nrbAgi\n"
                                   "QrvTmmUkfQKBgQCkti7DqS4f/8zlq+2UN5t1eTH8E3YTB74cgpz1epRPkI2XCr66\n"
                                   "JOxzAZdQEHKlwWQGcRjLTnkjZ8sSZAlIu5hM2klA8sGCYguJ6iwaZqxlozfQByDc\n"
                                   "kHWAVDA4uiL19GEDyL/68/ROJ+DrDC2UwKcN0aXaqoJdm49MW4mo5vgMMQKBgG6G\n"
                                   "V5HxRfHCsE1Ny36ioZUZGna35LC+fkhECfCw9v5EnS+A6s2LrrHcgBQ671+3UlSx\n"
                                   "bATX7DyFSBNAVGTRoAz+KZUMKKL2pe2JaYALgrPr6NJ0/hSV0NW6c+TPxASgZ8Yy\n"
                                   "2aA53HtIc62QIxp2O29lWEjzk7GFnjXROqKh+/KpAoGAQfIdyxFXpFx4ngJo1rDA\n"
                                   "zabv8Ky88Y53SYqZEFNzLXMo0opQ18EF9CX5J4BFW1AGy9tOw82vbLTlDVDwF56t\n"
                                   "88G/1M3M+YLwdSCkOvsN6GQMEgfFDI7U2IEVsvyYjEVFvQR6lp9qMBOzUlguefo7\n"
                                   "RJlvCV1JfxvXpuMmRVTGfdY=\n"
                                   "-----END PRIVATE KEY-----\n";
#endif

#endif
