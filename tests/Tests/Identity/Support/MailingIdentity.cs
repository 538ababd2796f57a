using System.Text;
using System.Text.RegularExpressions;
using Platform.Tests.Worker;

namespace Platform.Tests.Identity.Support;

/// <summary>Identity with a mail server. Tests may turn its clock forward.</summary>
public sealed partial class MailingIdentity(IdentityFixture identity) : IAsyncLifetime
{
    public IdentityApp App { get; private set; } = null!;
    internal MailServer Mail { get; } = new();

    public async ValueTask InitializeAsync() =>
        App = await identity.StartAsync(new Dictionary<string, string> { ["Mail:Url"] = Mail.Url });

    /// <summary>The mails to an address, as text; waits until there are so many.</summary>
    public async Task<List<string>> MailsAsync(string email, int count = 1)
    {
        await Eventually.TrueAsync(() => MailsTo(email).Count >= count);
        return MailsTo(email);
    }

    public static string LinkIn(string mail) => Link().Match(mail).Value;

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Mail.DisposeAsync();
    }

    public List<string> MailsTo(string email) =>
        [.. Mail.Messages.Where(m => m.Contains(email, StringComparison.OrdinalIgnoreCase)).Select(Decode)];

    private static string Decode(string raw)
    {
        var headers = EncodedWord().Replace(raw.Replace("?=\r\n =?", "?==?", StringComparison.Ordinal), m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value)));
        var body = raw[(raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return headers + Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"http\S+/Account/\w+\?token=\S+")]
    private static partial Regex Link();

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")]
    private static partial Regex EncodedWord();
}
