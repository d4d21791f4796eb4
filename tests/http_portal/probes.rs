//! What phones and computers ask to find out whether they are online.

/// Each system's probes, and the status, type and content that it takes for the Internet.
pub(crate) const PROBES: &[(&str, u16, &str, &str)] = &[
    (
        "captive.apple.com/hotspot-detect.html",
        200,
        "text/html",
        APPLE,
    ),
    ("captive.apple.com/", 200, "text/html", APPLE),
    ("netcts.cdn-apple.com/", 200, "text/html", APPLE),
    (
        "www.apple.com/library/test/success.html",
        200,
        "text/html",
        APPLE,
    ),
    ("www.thinkdifferent.us/a1/b2.html", 200, "text/html", APPLE),
    ("connectivitycheck.gstatic.com/generate_204", 204, "", ""),
    ("www.google.com/gen_204", 204, "", ""),
    ("play.googleapis.com/generate_204", 204, "", ""),
    ("connectivitycheck.android.com/generate_204", 204, "", ""),
    ("connectivity.samsung.com.cn/generate_204", 204, "", ""),
    ("clients3.google.com/generate_204?x=1", 204, "", ""),
    ("www.gstatic.com/generate_204", 204, "", ""),
    (
        "connectivitycheck.platform.hicloud.com/generate_204",
        204,
        "",
        "",
    ),
    (
        "connectivitycheck.platform.hicloud.com/generate_204_291a4662-e11c-4a24-aa5c-e16876b713f3",
        204,
        "",
        "",
    ),
    ("connect.rom.miui.com/generate_204", 204, "", ""),
    (
        "edge-http.microsoft.com/captiveportal/generate_204",
        204,
        "",
        "",
    ),
    (
        "www.msftconnecttest.com/connecttest.txt",
        200,
        "text/plain",
        "Microsoft Connect Test",
    ),
    (
        "ipv6.msftconnecttest.com/connecttest.txt",
        200,
        "text/plain",
        "Microsoft Connect Test",
    ),
    (
        "www.msftncsi.com/ncsi.txt",
        200,
        "text/plain",
        "Microsoft NCSI",
    ),
    (
        "detectportal.firefox.com/success.txt?ipv4",
        200,
        "text/plain",
        "success\n",
    ),
    (
        "detectportal.firefox.com/canonical.html",
        200,
        "text/html",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>",
    ),
    (
        "nmcheck.gnome.org/check_network_status.txt",
        200,
        "text/plain",
        "NetworkManager is online\n",
    ),
    (
        "network-test.debian.org/nm",
        200,
        "text/plain",
        "NetworkManager is online\n",
    ),
    ("networkcheck.kde.org/", 200, "text/plain", "OK\n"),
    (
        "fedoraproject.org/static/hotspot.txt",
        200,
        "text/plain",
        "OK",
    ),
];

const APPLE: &str = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";
