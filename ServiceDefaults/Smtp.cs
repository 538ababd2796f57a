using System.Net;
using System.Net.Mail;

namespace Microsoft.Extensions.Hosting;

/// <summary>The mail server, as an address says it.</summary>
public static class Smtp
{
    private const int SubmissionPort = 25;

    /// <param name="url"><c>smtp://[user:password@]host:port</c>, or <c>smtps</c>.</param>
    public static SmtpClient Client(Uri url)
    {
        var port = url.Port > 0 ? url.Port : SubmissionPort;
        var client = new SmtpClient(url.Host, port) { EnableSsl = url.Scheme == "smtps" };
        if (url.UserInfo.Split(':', 2) is [var user, var password])
        {
            client.Credentials = new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
        }

        return client;
    }
}
