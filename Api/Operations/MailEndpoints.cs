using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Operations;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.Operations;

/// <summary>Mails to clients of every tenant, for staff: which failed and why, and another try.</summary>
internal static class MailEndpoints
{
    public static void MapMails(this RouteGroupBuilder directStaff)
    {
        var mails = directStaff.MapGroup("/mails").WithTags("Mails");
        mails.MapGet("/", List);
        mails.MapPost("/{id:long}/retry", Retry).WithCode(Codes.MailRetried, "The mail is sent again.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<MailResponse>>> List(
        EventsDb events, [RegularExpression(MailStatuses.Pattern)] string? status, long? tenantId, long? bookingId,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = Rows(events);
        if (status is not null) rows = rows.Where(row => row.Status == status);
        if (tenantId is { } tenant) rows = rows.Where(row => row.TenantId == tenant);
        if (bookingId is { } booking) rows = rows.Where(row => row.BookingId == booking);

        var found = await rows.PageAsync(row => row.Id, page, ct);
        return TypedResults.Ok(found.Of(row => row.ToResponse()));
    }

    /// <summary>
    /// One that failed is due at once, with all its attempts; it is still dropped if it is not true any more.
    /// </summary>
    private static async Task<Results<Ok<MailResponse>, ProblemHttpResult>> Retry(
        long id, EventsDb events, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        await using var transaction = await events.Database.BeginTransactionAsync(ct);
        var locked = await events.Database.SqlQuery<string>(
            $"""select status as "Value" from platform.notifications where id = {id} for update""").ToListAsync(ct);
        if (locked is not [var status]) return TypedResults.Problem(Problems.NotFound());
        if (status != MailStatuses.Failed) return NotFailed(status).ToProblem();

        await events.Database.ExecuteSqlAsync(
            $"""
            update platform.notifications
            set status = 'pending', attempts = 0, next_attempt_at = now(), last_error = null, updated_at = now()
            where id = {id}
            """,
            ct);
        var mail = (await Rows(events).SingleAsync(row => row.Id == id, ct)).ToResponse();
        await RecordAsync(events, mail, http, clock, ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(mail);
    }

    private static async Task RecordAsync(
        EventsDb events, MailResponse mail, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        var change = AuditChange.Of(
            mail.TenantId, AuditActions.MailRetried, mail.Id, new { status = MailStatuses.Failed },
            new { status = mail.Status });
        await using var batch = new NpgsqlBatch((NpgsqlConnection)events.Database.GetDbConnection());
        batch.BatchCommands.Add(change.ToOutboxStatement(http.Source, clock.Now));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static Rejection NotFailed(string status) =>
        new(
        RejectionKind.Conflict, Codes.InvalidTransition, $"Only a mail that failed is sent again; this one is {status}.");

    /// <summary>The table is the Worker's; this reads and writes what an operator needs of it.</summary>
    private static IQueryable<MailRow> Rows(EventsDb events) => events.Database.SqlQuery<MailRow>(
        $"""
        select id as "Id", tenant_id as "TenantId", kind as "Kind",
            (data -> 'booking' ->> 'bookingId')::bigint as "BookingId",
            recipient as "Recipient", subject as "Subject", status as "Status", attempts as "Attempts",
            last_error as "Reason", created_at as "CreatedAt", sent_at as "SentAt", next_attempt_at as "NextAttemptAt"
        from platform.notifications
        """);

    private sealed class MailRow
    {
        public long Id { get; init; }
        public long TenantId { get; init; }
        public required string Kind { get; init; }
        public long? BookingId { get; init; }
        public required string Recipient { get; init; }
        public required string Subject { get; init; }
        public required string Status { get; init; }
        public int Attempts { get; init; }
        public string? Reason { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? SentAt { get; init; }
        public DateTimeOffset NextAttemptAt { get; init; }

        public MailResponse ToResponse() => new(
            Id, TenantId, Kind, BookingId, Recipient, Subject, Status, Attempts, Reason, CreatedAt, SentAt,
            Status is MailStatuses.Pending or MailStatuses.Sending ? NextAttemptAt : null);
    }
}
