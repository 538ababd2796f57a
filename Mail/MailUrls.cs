namespace Platform.Mail;

/// <summary>The mail server, as its URL says it.</summary>
internal static class MailUrls
{
    public const string Plain = "smtp", Encrypted = "smtps";

    private const int SubmissionPort = 587, EncryptedSubmissionPort = 465; // RFC 6409, RFC 8314

    public static bool IsValid(Uri? url) =>
        url is null
        || (url.IsAbsoluteUri && url.Scheme is Plain or Encrypted && url.Host.Length > 0 && url.AbsolutePath is "" or "/");

    public static int PortOf(Uri url) =>
        url.Port > 0 ? url.Port : url.Scheme == Encrypted ? EncryptedSubmissionPort : SubmissionPort;

    public static (string User, string Password)? CredentialsOf(Uri url) =>
        url.UserInfo.Split(':', 2) is [var user, var password]
            ? (Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
            : null;
}
