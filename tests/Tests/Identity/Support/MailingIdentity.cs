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
    [
        .. from mail in Mail.Mails
           where mail.To.Mailboxes.Any(to => to.Address.Equals(email, StringComparison.OrdinalIgnoreCase))
           select string.Join('\n', mail.Headers.Select(header => $"{header.Field}: {header.Value}").Append(mail.TextBody)),
    ];

    [GeneratedRegex(@"http\S+/Account/\w+\?token=\S+")]
    private static partial Regex Link();
}
