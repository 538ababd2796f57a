using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>An organisation of one's own: asked for by anybody, created when the e-mail address is confirmed.</summary>
internal static class SignUpEndpoints
{
    private static readonly Rejection Closed = new(
        RejectionKind.Forbidden, Codes.SignUpsClosed, "Organisations are created by the operator of this platform.");

    public static void MapSignUps(this RouteGroupBuilder open) =>
        open.MapPost("/sign-ups", Create).WithTags("Tenants")
            .WithCode(Codes.SignUpAccepted, "A mail with a link is on its way.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>For Identity, which has checked the link.</summary>
    public static void MapSignUpConfirmation(this RouteGroupBuilder services) =>
        services.MapPost("/sign-ups/{id:guid}/confirm", Confirm).WithTags("Tenants").RequireScope(Scopes.PersonContext)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<SignUpResponse>, ProblemHttpResult>> Create(
        SignUpRequest request, PlatformDb db, Accounts accounts, IOptions<SignUpOptions> options, TimeProvider clock,
        CancellationToken ct)
    {
        var rejection = options.Value.Enabled ? null : Closed;
        rejection ??= Rejection.All(
            request.Slug is { } slug ? TenantRules.Slug(slug) : null,
            ClientRules.Zone(request.TimeZone),
            TenantRules.Currency(request.Currency));
        if (rejection is not null) return rejection.ToProblem();

        db.Scope = Scope.AllTenants;
        var signUp = FromRequest(request, clock.Now);
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (request.Slug is not null && await db.Tenants.AnyAsync(t => t.Slug == request.Slug, ct))
            {
                return TenantRules.Taken("slug").ToProblem();
            }

            db.Add(signUp);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        // After the commit: without the mail the row is of no use to anybody, and expires.
        var mail = new SignUpMailRequest(signUp.Id, signUp.Email, signUp.Name, signUp.Locale, signUp.Organisation);
        return await accounts.SignUpAsync(mail, ct)
            ? TypedResults.Accepted((string?)null, new SignUpResponse(signUp.Email, signUp.Organisation, signUp.ExpiresAt))
            : TypedResults.Problem(Problems.Invalid(new FieldError("email", "FORMAT", "This is not an e-mail address.")));
    }

    private static async Task<Results<Ok<ConfirmSignUpResponse>, ProblemHttpResult>> Confirm(
        Guid id, ConfirmSignUpRequest request, ConfirmSignUp confirm, IOptions<SignUpOptions> options, HttpContext http,
        CancellationToken ct)
    {
        if (!options.Value.Enabled) return Closed.ToProblem();

        var result = await confirm.ExecuteAsync(id, request.UserId, http, ct);
        return result.TryGet(out var response, out var refused) ? TypedResults.Ok(response) : refused.ToProblem();
    }

    private static SignUp FromRequest(SignUpRequest request, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Organisation = request.Organisation,
        Slug = request.Slug,
        Email = request.Email,
        Name = request.Name,
        TimeZone = request.TimeZone,
        Locale = request.Locale ?? "pt-BR",
        Currency = request.Currency,
        CreatedAt = now,
        ExpiresAt = now + SignUp.Lifetime,
    };
}
