using Platform.Api.Http;
using Platform.Contracts.Audit;

namespace Platform.Api.Audit;

/// <summary>The report about a person as one table: each row says of which part of the report it is.</summary>
internal static class PersonCsv
{
    private static readonly CsvColumn<Row>[] Columns =
    [
        new("section", r => r.Section), new("id", r => r.Id), new("tenantId", r => r.TenantId),
        new("tenant", r => r.Tenant),
        new("application", r => r.Application), new("role", r => r.Role), new("active", r => r.Active),
        new("from", r => r.From), new("to", r => r.To), new("allowed", r => r.Allowed), new("refused", r => r.Refused),
        new("action", r => r.Action), new("targetType", r => r.TargetType), new("targetId", r => r.TargetId),
        new("reason", r => r.Reason),
    ];

    public static CsvFile<Row> Of(PersonReport report, CsvSeparator? separator) => new(
        [
            new("person", Id: report.UserId, Active: report.Active),
            .. report.Memberships.Select(m => new Row(
                "membership", TenantId: m.TenantId, Tenant: m.TenantSlug,
                Role: string.Join(' ', m.Roles.Prepend(m.UserType)), Active: m.Active, From: m.Since)),
            .. report.Grants.Select(g => new Row(
                "grant", g.Id, g.TenantId, Application: g.Application, Role: g.Role, Active: g.RevokedAt is null,
                From: g.GrantedAt, To: g.RevokedAt)),
            .. report.Uses.Select(u => new Row(
                "use", TenantId: u.TenantId, Application: u.Application, From: u.First, To: u.Last, Allowed: u.Allowed,
                Refused: u.Refused)),
            .. report.Decisions.Select(d => new Row(
                "decision", d.Id, d.TenantId, Application: d.Application, Role: d.MinimumRole, From: d.OccurredAt,
                Allowed: d.Allowed ? 1 : 0, Refused: d.Allowed ? 0 : 1, Reason: d.Reason)),
            .. report.Changes.Select(c => new Row(
                "change", c.Id, c.TenantId, From: c.OccurredAt, Action: c.Action, TargetType: c.TargetType,
                TargetId: c.TargetId, Reason: c.Outcome)),
        ],
        Columns, $"person-{report.UserId}.csv", separator);

    /// <param name="Section">What of the report: person, membership, grant, use, decision or change.</param>
    /// <param name="Role">Of a membership the type and the roles.</param>
    /// <param name="Reason">Of a decision why not; of a change how it ended.</param>
    internal sealed record Row(
        string Section,
        long? Id = null,
        long? TenantId = null,
        string? Tenant = null,
        string? Application = null,
        string? Role = null,
        bool? Active = null,
        DateTimeOffset? From = null,
        DateTimeOffset? To = null,
        long? Allowed = null,
        long? Refused = null,
        string? Action = null,
        string? TargetType = null,
        long? TargetId = null,
        string? Reason = null);
}
