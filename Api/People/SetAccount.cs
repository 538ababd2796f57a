using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>The version of the person whose account was set for the request. Null if nothing was to be set.</summary>
internal sealed class AccountSet(long? version)
{
    public long? Version => version;

    /// <summary>Set by the endpoint: the person has changed since, and nothing was written.</summary>
    public bool IsOutdated { get; set; }
}

/// <summary>
/// Sets the account at Identity to what the request makes of the person, before the transaction of the request: no
/// row is locked while another process is asked, and if it does not answer nothing changes. If the person changes
/// concurrently, the account is set again to the newer row. If the transaction fails afterwards,
/// repeating the request makes both the same.
/// </summary>
internal sealed class SetAccount(Accounts accounts, PlatformSql sql, PlatformDb db) : IEndpointFilter
{
    private const int Attempts = 5;

    private static readonly Rejection ChangesOften =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "The person keeps changing; try again.");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (http, id) = (context.HttpContext, context.GetArgument<long>(0));
        var request = context.Arguments.OfType<ChangePersonRequest>().Single();
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var set = new AccountSet(await SetAsync(id, request, http));
            http.Features.Set(set);
            var result = await next(context);
            if (!set.IsOutdated) return result;

            db.ChangeTracker.Clear();
        }

        return ChangesOften.ToProblem();
    }

    /// <returns>The version of the row that the account was made of.</returns>
    private async Task<long?> SetAsync(long id, ChangePersonRequest request, HttpContext http)
    {
        var ct = http.RequestAborted;
        if (await FindAsync(id, ct) is not var (before, version) || http.CheckVersion(version) is not null) return null;

        var after = new SetAccountRequest(
            request.Name.Or(before.Name), request.Locale.Or(before.Locale), request.Active.Or(before.Active));
        if (after != before) await accounts.SetAsync(id, after, ct);
        return version;
    }

    private async Task<(SetAccountRequest Account, long Version)?> FindAsync(long id, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            Scope.AllTenants, [TenantSql.Statement("select name, locale, active, version from users where id = $1", id)], ct);
        return await reader.ReadAsync(ct)
            ? (new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)), reader.GetInt64(3))
            : null;
    }
}
