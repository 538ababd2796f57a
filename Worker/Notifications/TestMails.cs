using System.Text.Json;
using Platform.Contracts.Messages;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Mail.Messages;

namespace Platform.Worker.Notifications;

/// <summary>Writes the mails that members send to themselves, about an invented booking.</summary>
internal sealed class TestMails(TenantDirectory tenants, MessageWriter writer, TimeProvider clock)
{
    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        if (owed.OwnerId is not { } id || await tenants.FindAsync(id, ct) is not { } tenant)
        {
            return MailDraft.Drop("The tenant is gone.");
        }

        var test = JsonSerializer.Deserialize<TestMessage>(owed.Data!, JsonSerializerOptions.Web)!;
        var written = writer.Write(
            id, SampleMessage.Of(test.Kind, test.Locale, tenant.TimeZone, clock.GetUtcNow()), tenant.ToMessageBrand(),
            test.Own is { } own ? new(own.Subject, own.Text, IsOwn: true) : null);
        return MailDraft.Of(new(
            $"{owed.Key}.{owed.Kind}", owed.Recipient, written.Subject, written.Text, written.Html));
    }
}
