using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Messages;
using Platform.Core;
using Platform.Core.Messages;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Mail.Messages;
using Platform.Mail.Templates;

namespace Platform.Api.Messages;

/// <summary>What a tenant's mails say, by kind and language.</summary>
internal sealed class MessageTexts(TenantDb db, TenantDirectory tenants)
{
    public static bool IsKnown(string kind, string locale) =>
        MessageKinds.All.Contains(kind) && MessageLocales.All.Contains(locale);

    public Task<MessageTemplate?> FindAsync(string kind, string locale, CancellationToken ct) =>
        db.MessageTemplates.SingleOrDefaultAsync(t => t.Kind == kind && t.Locale == locale, ct);

    public async Task<MessageBrand> BrandAsync(CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(db.Tenant.Id, ct))!;
        return MessageBrand.Of(tenant.Name, tenant.Branding, tenant.Labels, tenant.BookingPage);
    }

    /// <summary>The text as a request has it; what it leaves out is what is sent now.</summary>
    public async Task<MailText?> OwnAsync(string kind, string locale, string? subject, string? text, CancellationToken ct)
    {
        if (subject is not null && text is not null) return new(subject, text, IsOwn: true);

        var own = await FindAsync(kind, locale, ct);
        if (own is null && subject is null && text is null) return null;

        var now = own is null
            ? ClientMessages.DefaultOf(kind, locale, (await BrandAsync(ct)).Labels)
            : new(own.Subject, own.Text);
        return new(subject ?? now.Subject, text ?? now.Text, IsOwn: true);
    }

    /// <summary>All that is wrong with it: the code and field of each kind of fault once, and every place.</summary>
    public static Rejection? Check(string kind, MailText text)
    {
        var faults = MessageTemplateRules.Check(kind, text);
        var refusal = Rejection.All(
            from fault in faults
            group fault.Detail by (fault.Error.Code, fault.Error.Field) into same
            select new Rejection(RejectionKind.Invalid, same.Key.Code, string.Join(' ', same), same.Key.Field));
        return refusal is null
            ? null
            : refusal with { Extras = new() { TemplateErrors = [.. faults.Select(fault => fault.Error)] } };
    }

    public static MessageTemplateResponse ToResponse(string kind, string locale, MessageTemplate? own, Labels labels)
    {
        var standard = ClientMessages.DefaultOf(kind, locale, labels);
        return new(
            kind, locale, new(standard.Subject, standard.Text),
            own is null ? null : new(own.Subject, own.Text) { Stamps = own.ToStamps() },
            MessageVariables.OfText(kind), MessageVariables.Required(kind), own?.Version ?? 0);
    }
}
