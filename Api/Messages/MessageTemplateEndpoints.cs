using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Core.Messages;
using Platform.Core.Storage;

namespace Platform.Api.Messages;

/// <summary>The tenant's own words for mails to clients.</summary>
internal static class MessageTemplateEndpoints
{
    public static void MapMessageTemplates(this RouteGroupBuilder tenant)
    {
        var messages = tenant.MapGroup("/message-templates").WithTags("Messages")
            .RequireScope(Scopes.Scheduling).RequirePermission(Permissions.SettingsWrite);
        messages.MapGet("/", List);
        messages.MapGet("/{kind}/{locale}", Get);
        messages.MapPut("/{kind}/{locale}", Put).ChangesRow();
        messages.MapDelete("/{kind}/{locale}", Delete).ChangesRow();
        messages.MapPost("/{kind}/{locale}/preview", MessagePreviews.Preview)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        messages.MapPost("/{kind}/{locale}/test", MessagePreviews.Test)
            .WithCode(Codes.MessageQueued, "It is sent to your address within moments.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Every kind in every language.</summary>
    private static async Task<Ok<IReadOnlyList<MessageTemplateResponse>>> List(
        TenantDb db, MessageTexts texts, CancellationToken ct)
    {
        var labels = (await texts.BrandAsync(ct)).Labels;
        var own = (await db.MessageTemplates.AsNoTracking().ToListAsync(ct)).ToDictionary(t => (t.Kind, t.Locale));
        return TypedResults.Ok<IReadOnlyList<MessageTemplateResponse>>(
        [
            .. from kind in MessageKinds.All
               from locale in MessageLocales.All
               select MessageTexts.ToResponse(kind, locale, own.GetValueOrDefault((kind, locale)), labels),
        ]);
    }

    private static async Task<Results<Ok<MessageTemplateResponse>, ProblemHttpResult>> Get(
        string kind, string locale, MessageTexts texts, HttpContext http, CancellationToken ct)
    {
        if (!MessageTexts.IsKnown(kind, locale)) return TypedResults.Problem(Problems.NotFound());

        var template = MessageTexts.ToResponse(
            kind, locale, await texts.FindAsync(kind, locale, ct), (await texts.BrandAsync(ct)).Labels);
        http.SetVersion(template.Version);
        return TypedResults.Ok(template);
    }

    private static async Task<Results<Ok<MessageTemplateResponse>, ProblemHttpResult>> Put(
        string kind, string locale, PutMessageTemplateRequest request, Caller caller, TenantDb db, MessageTexts texts,
        HttpContext http, CancellationToken ct)
    {
        if (!MessageTexts.IsKnown(kind, locale)) return TypedResults.Problem(Problems.NotFound());

        var own = await texts.FindAsync(kind, locale, ct);
        var refusal = http.CheckVersion(own?.Version ?? 0)
            ?? MessageTexts.Check(kind, new(request.Subject, request.Text, IsOwn: true));
        if (refusal is not null) return refusal.ToProblem();

        var before = Audited(own);
        if (own is null)
        {
            own = new() { Kind = kind, Locale = locale, Subject = request.Subject, Text = request.Text };
            db.Create(own, caller.Actor);
        }
        else
        {
            (own.Subject, own.Text) = (request.Subject, request.Text);
            db.SignChange(own, caller.Actor);
        }

        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.MessageTemplateChanged, own.Id, before, Audited(own), http, ct);
        http.SetVersion(own.Version);
        return TypedResults.Ok(MessageTexts.ToResponse(kind, locale, own, (await texts.BrandAsync(ct)).Labels));
    }

    /// <summary>Back to the platform's text; where that is sent already, nothing happens.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string kind, string locale, TenantDb db, MessageTexts texts, HttpContext http, CancellationToken ct)
    {
        if (!MessageTexts.IsKnown(kind, locale)) return TypedResults.Problem(Problems.NotFound());

        var own = await texts.FindAsync(kind, locale, ct);
        if (http.CheckVersion(own?.Version ?? 0) is { } stale) return stale.ToProblem();
        if (own is null) return TypedResults.NoContent();

        db.Remove(own);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.MessageTemplateDeleted, own.Id, Audited(own), null, http, ct);
        return TypedResults.NoContent();
    }

    private static object? Audited(MessageTemplate? t) => t is null ? null : new { t.Kind, t.Locale, t.Subject, t.Text };
}
