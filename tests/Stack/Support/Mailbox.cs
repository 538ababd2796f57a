using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Stack.Support;

/// <summary>The inbox that every mail of the stack lands in, read through its web API.</summary>
internal sealed class Mailbox(HttpClient inbox)
{
    /// <summary>Waits until a mail to this address is there.</summary>
    public async Task<Mail> MailToAsync(string address, CancellationToken ct) =>
        await Eventually.ValueAsync(async () => await MailsToAsync(address, ct) is [var first, ..] ? first : null, $"a mail to {address}", ct);

    public async Task<IReadOnlyList<Mail>> MailsToAsync(string address, CancellationToken ct)
    {
        var mails = await inbox.GetFromJsonAsync<JsonElement[]>("email", ct) ?? [];
        return
        [
            .. from mail in mails
               where mail.GetProperty("to").EnumerateArray().Any(to => to.GetProperty("address").GetString() == address)
               select new Mail(mail.GetProperty("subject").GetString()!, mail.GetProperty("text").GetString()!)
        ];
    }
}

internal sealed record Mail(string Subject, string Text);
