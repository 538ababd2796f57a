using Microsoft.Extensions.Localization;
using Platform.Contracts.Audit;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Audit;

/// <summary>The three trails that the page reads as one.</summary>
public static class AuditTrails
{
    public const string Changes = "changes", Access = "access", Logins = "logins";

    public static readonly IReadOnlyList<string> All = [Changes, Access, Logins];
}

/// <summary>A row of any trail, in the same words.</summary>
/// <param name="Trail">One of <see cref="AuditTrails"/>.</param>
/// <param name="Actor">As the API names it: <c>user:17</c>.</param>
/// <param name="PersonId">About whom, where that is not the actor.</param>
/// <param name="What">What happened, as a sentence.</param>
/// <param name="Outcome"><c>done</c>, <c>refused</c> or <c>allowed</c>.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Target">What it is about, as type and id.</param>
public sealed record TrailRow(
    DateTimeOffset At,
    long Id,
    string Trail,
    string Actor,
    string? ActingFor,
    long? PersonId,
    long? TenantId,
    string What,
    string Outcome,
    string? Reason,
    (string Type, long Id)? Target,
    IReadOnlyList<DiffLine> Changes,
    string? Path,
    string? RequestId,
    string? IpAddress,
    string? UserAgent);

public static class TrailRows
{
    public static TrailRow Of(AuditEntryResponse entry, IStringLocalizer<AdminText> text) => new(
        entry.OccurredAt, entry.Id, AuditTrails.Changes, entry.Actor, entry.ActingFor, null, entry.TenantId,
        text.Of("Act", entry.Action), entry.Outcome, null,
        entry.TargetId is { } target ? (entry.TargetType, target) : null, Diffs.Of(entry.Before, entry.After, text), null,
        entry.RequestId, entry.IpAddress, entry.UserAgent);

    public static TrailRow Of(
        AccessLogResponse decision, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) => new(
        decision.OccurredAt, decision.Id, AuditTrails.Access, decision.Actor, null,
        decision.Actor == $"user:{decision.UserId}" ? null : decision.UserId, decision.TenantId,
        text[decision.Allowed ? "Audit.Allowed" : "Audit.Denied", decision.Application],
        decision.Allowed ? "allowed" : AuditOutcomes.Refused,
        decision.Reason is { } reason
            ? text["Grant.Layer", decision.Layer ?? 0, text[$"Layer.{decision.Layer ?? 0}"]] + " " + uiText[$"Problem.{reason}"]
            : null,
        null, [], decision.Path, decision.RequestId, decision.IpAddress, decision.UserAgent);

    public static TrailRow Of(LoginResponse login, IStringLocalizer<AdminText> text) => new(
        login.OccurredAt, login.Id, AuditTrails.Logins, login.AccountId is { } account ? $"user:{account}" : "", null, null,
        null, text.Of("Login", login.Kind),
        login.Kind is "sign_in_failed" or "token_refused" or "client_refused" ? AuditOutcomes.Refused : AuditOutcomes.Done,
        login.Detail, null, [], login.ClientId, login.TraceId, login.RemoteAddress, null);

    /// <summary>
    /// The newest rows of all trails. Rows of one instant stay together, because the next page begins before the last
    /// instant of this one.
    /// </summary>
    /// <param name="mayHaveMore">Whether any of the trails has further rows.</param>
    /// <returns>The rows, and the instant before which the next page begins; null on the last page.</returns>
    public static (IReadOnlyList<TrailRow> Rows, DateTimeOffset? Before) Merge(
        IEnumerable<TrailRow> rows, int count, bool mayHaveMore)
    {
        var sorted = rows.OrderByDescending(row => row.At).ThenBy(row => row.Trail, StringComparer.Ordinal)
            .ThenByDescending(row => row.Id).ToList();
        if (sorted.Count <= count) return (sorted, mayHaveMore && sorted.Count > 0 ? sorted[^1].At : null);

        var last = sorted[count - 1].At;
        var page = sorted.TakeWhile((row, i) => i < count || row.At == last).ToList();
        return (page, page.Count < sorted.Count || mayHaveMore ? last : null);
    }
}
