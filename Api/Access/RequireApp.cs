using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>
/// Guards the routes of a product: License → Seat → User → Role → Audit. The endpoint finds the decision as a
/// feature of the request.
/// </summary>
internal static class ApplicationAccess
{
    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <param name="application">Slug.</param>
        /// <param name="minRole">Slug of a user type; every role will do where it is absent.</param>
        public TBuilder RequireApp(string application, string? minRole = null) =>
            routes.AddEndpointFilter(async (context, next) =>
            {
                var http = context.HttpContext;
                var decision = await http.DecideAsync(new(Caller.Of(http.User).UserId, application, minRole));
                if (!decision.Allowed) return Check(decision);

                http.Features.Set(decision);
                return await next(context);
            });
    }

    extension(HttpContext http)
    {
        private async Task<AccessDecision> DecideAsync(AccessQuestion question)
        {
            var services = http.RequestServices;
            var tenant = services.GetRequiredService<TenantContext>();
            var decided = await services.GetRequiredService<AccessDecisions>().DecideAsync(
                tenant.Id, [question], http.Source, http.PathOfRequest, (_, _) => null, http.RequestAborted);
            return decided.TryGet(out var decisions, out _)
                ? decisions[0]
                : throw new InvalidOperationException($"The route asks for an unknown role: {question.MinimumRole}.");
        }

        /// <summary>As the audit names it.</summary>
        public string PathOfRequest => $"{http.Request.Method} {http.Request.Path}";
    }

    private static ProblemHttpResult Check(AccessDecision decision)
    {
        var problem = Problems.Of(StatusCodes.Status403Forbidden, decision.Reason!, "The application may not be used.");
        problem.Extensions["layer"] = decision.Layer;
        return TypedResults.Problem(problem);
    }
}
