using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Audit;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web;

public sealed partial class AdminApi
{
    public Task<Answer<IReadOnlyList<StaffUserResponse>>> PeopleAsync(
        ListQuery query, string? q, long? tenantId, string? active, CancellationToken ct) =>
        CountedPageAsync<StaffUserResponse>(
            "users", query, [new("q", q), new("tenantId", Number(tenantId)), new("active", active)], ct);

    /// <summary>People whose name or address begins with the text.</summary>
    public Task<Answer<IReadOnlyList<StaffUserResponse>>> FindPeopleAsync(string q, int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<StaffUserResponse>>(At("users", [new("q", q), new("limit", Number(limit))]), ct);

    public Task<Answer<StaffUserResponse>> PersonAsync(long id, CancellationToken ct) =>
        GetAsync<StaffUserResponse>($"{Root}/users/{id}", ct);

    public Task<Answer<StaffUserResponse>> CreatePersonAsync(
        CreateUserRequest request, string key, CancellationToken ct) =>
        PostAsync<StaffUserResponse>($"{Root}/users", request, key, ct);

    /// <summary>A person as a member of the tenant; a new one gets a mail to set a password.</summary>
    public Task<Answer<UserResponse>> AddPersonAsync(long tenantId, InviteUserRequest request, string key, CancellationToken ct) =>
        PostAsync<UserResponse>($"{Root}/tenants/{tenantId}/users", request, key, ct);

    public Task<Answer<StaffUserResponse>> ChangePersonAsync(
        long id, ChangePersonRequest request, long? version, CancellationToken ct) =>
        SendAsync<StaffUserResponse>(HttpMethod.Patch, $"{Root}/users/{id}", request, ct, version);

    public Task<Answer<UserMembership>> CreateMembershipAsync(
        long id, long tenantId, CreateMembershipRequest request, string key, CancellationToken ct) =>
        PostAsync<UserMembership>($"{Root}/users/{id}/tenants/{tenantId}", request, key, ct);

    public Task<Answer<UserMembership>> ChangeMembershipAsync(
        long id, long tenantId, ChangeMembershipRequest request, long? version, CancellationToken ct) =>
        SendAsync<UserMembership>(HttpMethod.Patch, $"{Root}/users/{id}/tenants/{tenantId}", request, ct, version);

    public Task<Answer<UserMembership>> EndMembershipAsync(long id, long tenantId, bool revokeSeats, CancellationToken ct) =>
        SendAsync<UserMembership>(
            HttpMethod.Delete, $"{Root}/users/{id}/tenants/{tenantId}?revokeSeats={(revokeSeats ? "true" : "false")}", null, ct);

    /// <summary>Roles of the platform, and of the tenant.</summary>
    public Task<Answer<IReadOnlyList<RoleResponse>>> RolesAsync(long tenantId, CancellationToken ct) =>
        GetAllAsync<RoleResponse>($"{Root}/roles?tenantId={tenantId}&limit=200", ct);

    public Task<Answer<AccountSecurityResponse>> SecurityAsync(long id, CancellationToken ct) =>
        GetAsync<AccountSecurityResponse>($"{Root}/users/{id}/security", ct);

    /// <param name="sessionId">All of the person's where null.</param>
    public Task<Answer<AccountSecurityResponse>> EndSessionAsync(long id, string? sessionId, CancellationToken ct) =>
        SendAsync<AccountSecurityResponse>(
            HttpMethod.Delete,
            $"{Root}/users/{id}/sessions{(sessionId is null ? "" : $"/{Uri.EscapeDataString(sessionId)}")}", null, ct);

    /// <param name="act"><c>lock</c>, <c>unlock</c> or <c>reset-factors</c>.</param>
    public Task<Answer<AccountSecurityResponse>> ActOnAccountAsync(long id, string act, string reason, CancellationToken ct) =>
        PostAsync<AccountSecurityResponse>($"{Root}/users/{id}/{act}", new AccountActionRequest(reason), null, ct);

    /// <summary>The seats that a person has, in any tenant.</summary>
    public Task<Answer<IReadOnlyList<GrantResponse>>> ActiveGrantsAsync(long id, CancellationToken ct) =>
        GetAllAsync<GrantResponse>($"{Root}/grants?userId={id}&limit=200", ct);

    /// <summary>All grants of a person in a tenant, revoked ones too.</summary>
    public Task<Answer<IReadOnlyList<GrantResponse>>> GrantsOfAsync(long id, long tenantId, CancellationToken ct) =>
        GetAllAsync<GrantResponse>($"{Root}/users/{id}/apps?tenantId={tenantId}&history=true&limit=200", ct);

    /// <summary>What a grant would cost right now, and what is in its way.</summary>
    public Task<Answer<GrantPreviewResponse>> PreviewGrantAsync(
        long id, long tenantId, string application, CancellationToken ct) =>
        GetAsync<GrantPreviewResponse>(
            $"{Root}/users/{id}/apps/{Uri.EscapeDataString(application)}/preview?tenantId={tenantId}", ct);

    /// <param name="act"><c>grant</c>, <c>revoke</c> or <c>reactivate</c>.</param>
    public Task<Answer<GrantResponse>> ChangeGrantAsync(
        long id, string act, StaffGrantRequest request, string key, CancellationToken ct) =>
        PostAsync<GrantResponse>($"{Root}/users/{id}/apps/{act}", request, key, ct);

    public Task<Answer<IReadOnlyList<BulkGrantItem>>> GrantManyAsync(
        long tenantId, string application, BulkGrantRequest request, string key, CancellationToken ct) =>
        PostAsync<IReadOnlyList<BulkGrantItem>>(
            $"{Root}/tenants/{tenantId}/apps/{Uri.EscapeDataString(application)}/grants", request, key, ct);

    /// <summary>Memberships, grants, uses, decisions and changes of one person.</summary>
    public Task<Answer<PersonReport>> PersonReportAsync(long id, CancellationToken ct) =>
        GetAsync<PersonReport>($"{Root}/audit/persons/{id}", ct);

    public Task<IActionResult> PersonCsvAsync(long id, CancellationToken ct) =>
        FileAsync(HttpMethod.Get, $"{Root}/audit/persons/{id}", "text/csv", ct);
}
