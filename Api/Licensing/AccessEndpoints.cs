using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>The decision for products that are not part of this process.</summary>
internal static class AccessEndpoints
{
    /// <param name="routes">Of a tenant, which may be inactive: then that is the answer.</param>
    public static void MapAccessChecks(this RouteGroupBuilder routes)
    {
        var access = routes.MapGroup("/access").WithTags("Access").RequireScope(Scopes.Licensing)
            .WithMetadata(new TenantScoped(DecidesItself: true));
        access.MapPost("/check", Check);
        access.MapPost("/check/batch", CheckMany);
    }

    private static async Task<Results<Ok<AccessCheckResponse>, ProblemHttpResult>> Check(
        AccessCheckRequest request, [AsParameters] AccessChecks access, CancellationToken ct)
    {
        return (await access.AnswerAsync([request], ct)).TryGet(out var answers, out var rejection)
            ? TypedResults.Ok(answers[0])
            : rejection.ToProblem();
    }

    private static async Task<Results<Ok<IReadOnlyList<AccessCheckResponse>>, ProblemHttpResult>> CheckMany(
        AccessBatchRequest request, [AsParameters] AccessChecks access, CancellationToken ct)
    {
        return (await access.AnswerAsync(request.Checks, ct)).TryGet(out var answers, out var rejection)
            ? TypedResults.Ok<IReadOnlyList<AccessCheckResponse>>(answers)
            : rejection.ToProblem();
    }

    internal sealed record AccessChecks(
        Caller Caller, TenantContext Tenant, AccessDecisions Access, HttpContext Http)
    {
        /// <summary>
        /// All users may ask about themselves; users who may grant seats, staff and products also about others.
        /// </summary>
        public async Task<Result<AccessCheckResponse[]>> AnswerAsync(
            IReadOnlyList<AccessCheckRequest> checks, CancellationToken ct)
        {
            if (checks.Any(check => check.UserId is { } id && id != Caller.UserId)
                && !await Http.HasPermissionAsync(Permissions.SeatsWrite))
            {
                return new Rejection(
                    RejectionKind.Forbidden, Codes.Forbidden, "Only users who may grant seats may ask about others.");
            }

            var questions = checks
                .Select(check => new AccessQuestion(check.UserId ?? Caller.UserId, check.Application, check.MinRole))
                .ToList();
            var decided = await Access.DecideAsync(
                Tenant.Id, questions, Http.Source, Http.PathOfRequest,
                (i, decision) => checks[i].UserId is { } id && id != Caller.UserId && decision.Inputs.UserIsActive is null
                    ? Rejection.NotFound with { Field = checks.Count == 1 ? "userId" : $"checks[{i}].userId" }
                    : null,
                ct);
            return decided.TryGet(out var decisions, out var rejection)
                ? questions.Zip(decisions, ToResponse).ToArray()
                : rejection;
        }

        private static AccessCheckResponse ToResponse(AccessQuestion question, AccessDecision decision) => new(
            question.Application, question.UserId, decision.Allowed, decision.Layer, decision.Reason,
            decision.Inputs.HasGrant ? decision.Inputs.Role : null, decision.ExpiresAt);
    }
}
