using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Messages;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Mail.Messages;

namespace Platform.Api.Messages;

/// <summary>How a mail looks, on the screen and in the caller's own mailbox.</summary>
internal static class MessagePreviews
{
    private static readonly Rejection NoAddress = new(
        RejectionKind.Invalid, Codes.NoAddress, "Only members of the organisation have an address to which a test is sent.");

    public static async Task<Results<Ok<MessagePreviewResponse>, ProblemHttpResult>> Preview(
        string kind, string locale, PreviewMessageRequest? request, TenantDb db, MessageTexts texts, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        if (!MessageTexts.IsKnown(kind, locale)) return TypedResults.Problem(Problems.NotFound());

        var own = await texts.OwnAsync(kind, locale, request?.Subject, request?.Text, ct);
        if (own is not null && MessageTexts.Check(kind, own) is { } refusal) return refusal.ToProblem();

        var message = SampleMessage.Of(kind, locale, db.Tenant.TimeZone, clock.Now);
        if (request?.BookingId is { } id)
        {
            if (!await http.HasPermissionAsync(Permissions.BookingsRead))
            {
                return PermittedRoutes.Forbidden(Permissions.BookingsRead);
            }

            if (await BookingQuery.FindAsync(db, id, ct) is not { } booking)
            {
                return TypedResults.Problem(Problems.NotFound(new FieldError("bookingId", Codes.NotFound, "It is not there.")));
            }

            message = About(booking, message, db.Tenant);
        }

        var written = ClientMessages.Write(message, await texts.BrandAsync(ct), own);
        return TypedResults.Ok(new MessagePreviewResponse(written.Subject, written.Text, written.Html));
    }

    public static async Task<Results<Ok<MessageTestResponse>, ProblemHttpResult>> Test(
        string kind, string locale, TestMessageRequest? request, Caller caller, TenantDb db, MessageTexts texts,
        PeopleDirectory people, HttpContext http, CancellationToken ct)
    {
        if (!MessageTexts.IsKnown(kind, locale)) return TypedResults.Problem(Problems.NotFound());

        var own = await texts.OwnAsync(kind, locale, request?.Subject, request?.Text, ct);
        if (own is not null && MessageTexts.Check(kind, own) is { } refusal) return refusal.ToProblem();

        var member = caller.UserId is { } user ? await people.FindAsync(user, db.Tenant.Id, ct) : null;
        if (member is null) return NoAddress.ToProblem();

        var test = new TestMessage(kind, locale, own is null ? null : new(own.Subject, own.Text));
        await db.ExecuteAsync(QueuedMails.Test(db.Tenant.Id, member.Email, test), ct);
        await db.RecordAsync(AuditActions.MessageTemplateTested, null, null, new { kind, locale }, http, ct);
        return TypedResults.Ok(new MessageTestResponse(member.Email));
    }

    /// <summary>With the links of the invented booking: a preview opens nothing.</summary>
    private static ClientMessage About(BookingView view, ClientMessage sample, TenantContext tenant)
    {
        var message = ClientMessage.Of(
            sample.Kind, view.ToSnapshot(tenant) with { Locale = sample.Locale }, sample.Links, view.Booking.CancelReason,
            view.Booking.HoldExpiresAt);
        return message with { Until = message.Until ?? sample.Until };
    }
}
