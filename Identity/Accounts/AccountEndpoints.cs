using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Mails;

namespace Platform.Identity.Accounts;

/// <summary>What the Api may ask of accounts, with a token of its own.</summary>
internal static class AccountEndpoints
{
    public const string Policy = "accounts";

    private const int BodyMaxBytes = 16 * 1024;

    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/api/accounts").RequireAuthorization(Policy)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyMaxBytes));
        accounts.MapPost("/", CreateAsync);
        accounts.MapPut("/{id:long}", SetAsync);
        app.MapPost("/api/invitations", InviteAsync).RequireAuthorization(Policy)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyMaxBytes));
        app.MapPost("/api/sign-ups", SignUpAsync).RequireAuthorization(Policy)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyMaxBytes));
    }

    /// <summary>A token for this audience, with this scope, made by this process.</summary>
    public static void AddAccountsApi(this WebApplicationBuilder builder, string issuer)
    {
        builder.Services.AddAuthentication().AddJwtBearer(options =>
        {
            options.Authority = issuer;
            options.RequireHttpsMetadata = issuer.StartsWith("https:", StringComparison.Ordinal);
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new()
            {
                ValidIssuer = issuer,
                ValidAudience = Audiences.Identity,
                ValidTypes = ["at+jwt"],
                ValidAlgorithms = ["RS256"],
                ClockSkew = TimeSpan.FromSeconds(30),
            };
        });

        builder.Services.AddAuthorization(options => options.AddPolicy(Policy, new AuthorizationPolicyBuilder(
                JwtBearerDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(call => call.User.FindAll("scope").Any(scope => scope.Value.Split(' ').Contains(Scopes.Accounts)))
            .Build()));
    }

    /// <summary>Finds or creates the account of this address; repeating the request changes nothing.</summary>
    private static async Task<Results<Ok<AccountResponse>, Created<AccountResponse>, ProblemHttpResult>> CreateAsync(
        CreateAccountRequest request, UserManager<Account> accounts, IdentityDb db, TimeProvider clock,
        CancellationToken ct)
    {
        if (Validate(request) is { } problem) return problem;

        var now = clock.GetUtcNow();
        var known = await accounts.FindByEmailAsync(request.Email);
        if (known is not null) return TypedResults.Ok(await AnswerAsync(known.Id));

        var account = Account.New(request.Email, request.Name, request.Locale ?? "pt-BR", now);

        try
        {
            var result = await accounts.CreateAsync(account);
            if (result.Succeeded) return TypedResults.Created((string?)null, await AnswerAsync(account.Id));
        }
        catch (DbUpdateException)
        {
            // Another request made it in between; anything else shows as "not there" below.
        }

        return await accounts.FindByEmailAsync(request.Email) is { } other
            ? TypedResults.Ok(await AnswerAsync(other.Id))
            : Problem([new("email", "INVALID", "The address is not acceptable.")]);

        async Task<AccountResponse> AnswerAsync(long id)
        {
            if (request.Invite) await AccountMails.QueueOnceAsync(db, MailKind.Invitation, id, request.Email, request.Organisation, now, ct);
            return new(id);
        }
    }

    private static Task<Results<Accepted, ProblemHttpResult>> SignUpAsync(
        SignUpMailRequest request, IdentityDb db, TimeProvider clock, CancellationToken ct) =>
        QueueAsync(MailKind.SignUp, request, db, clock, ct);

    private static Task<Results<Accepted, ProblemHttpResult>> InviteAsync(
        InvitationMailRequest request, IdentityDb db, TimeProvider clock, CancellationToken ct) =>
        QueueAsync(MailKind.Joining, request, db, clock, ct);

    /// <summary>A mail with a link. Whether anybody has the address makes no difference here.</summary>
    private static async Task<Results<Accepted, ProblemHttpResult>> QueueAsync<T>(
        string kind, T request, IdentityDb db, TimeProvider clock, CancellationToken ct) where T : class, IPersonDetails
    {
        if (Validate(request) is { } problem) return problem;
        if (!EmailAddresses.IsValid(request.Email)) return Problem([new("email", "INVALID", "The address is not acceptable.")]);

        await AccountMails.QueueOnceAsync(
            db, kind, null, request.Email, JsonSerializer.Serialize(request), clock.GetUtcNow(), ct);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>
    /// What the person is called and speaks, and whether they may sign in: asking twice is asking once.
    /// </summary>
    private static async Task<Results<Ok<AccountResponse>, NotFound, ProblemHttpResult>> SetAsync(
        long id, SetAccountRequest request, IdentityDb db, TimeProvider clock, CancellationToken ct)
    {
        if (Validate(request) is { } problem) return problem;

        // A sign-in that counts attempts at this moment writes the whole row: with another concurrency stamp it does not
        // bring back what was. With another security stamp no session or token from before counts, not even later on.
        var (now, stamp) = (clock.GetUtcNow(), $"{Guid.CreateVersion7():n}");
        var count = await db.Database.ExecuteSqlAsync(
            $"""
            update accounts
            set name = {request.Name}, locale = {request.Locale}, updated_at = {now}, concurrency_stamp = {stamp},
                deactivated_at = case when {request.Active} then null else coalesce(deactivated_at, {now}) end,
                security_stamp = case when {request.Active} then security_stamp else {stamp} end
            where id = {id}
            """,
            ct);
        return count > 0 ? TypedResults.Ok(new AccountResponse(id)) : TypedResults.NotFound();
    }

    private static ProblemHttpResult? Validate(object request)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(request, new(request), results, validateAllProperties: true);

        var errors = results
            .SelectMany(result => result.MemberNames.Select(
                member => new FieldError(Camel(member), "INVALID", result.ErrorMessage!)))
            .ToList();
        errors.AddRange(
            from member in request.GetType().GetProperties()
            where Unstorable(member.GetValue(request) as string)
            select new FieldError(Camel(member.Name), "INVALID", "Control characters are not allowed."));

        return errors is [] ? null : Problem(errors);
    }

    /// <summary>PostgreSQL refuses a NUL in text, and no name or address has any other control character.</summary>
    private static bool Unstorable(string? text) => text?.Any(char.IsControl) is true;

    private static string Camel(string member) => char.ToLowerInvariant(member[0]) + member[1..];

    private static ProblemHttpResult Problem(IReadOnlyList<FieldError> errors) => TypedResults.Problem(
        statusCode: StatusCodes.Status400BadRequest,
        title: "The request is not valid.",
        extensions: new Dictionary<string, object?> { ["code"] = Codes.ValidationFailed, ["errors"] = errors });
}
