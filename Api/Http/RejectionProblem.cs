using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Contracts;
using Platform.Core;

namespace Platform.Api.Http;

internal static class RejectionProblem
{
    private static readonly PropertyInfo[] Extras = typeof(RejectionExtras).GetProperties();

    extension(Rejection rejection)
    {
        public ProblemHttpResult ToProblem()
        {
            FieldError[] errors =
            [
                .. from one in rejection.Others.Prepend(rejection)
                   where one.Field is not null
                   select new FieldError(one.Field!, one.Code, one.Detail),
            ];
            if (rejection.Kind == RejectionKind.Missing) return TypedResults.Problem(Problems.NotFound(errors));
            if (rejection is { Kind: RejectionKind.Malformed, Field: not null })
            {
                return TypedResults.Problem(Problems.Invalid(errors));
            }

            var status = rejection.Kind switch
            {
                RejectionKind.Malformed => StatusCodes.Status400BadRequest,
                RejectionKind.Invalid => StatusCodes.Status422UnprocessableEntity,
                RejectionKind.Forbidden => StatusCodes.Status403Forbidden,
                RejectionKind.Conflict => StatusCodes.Status409Conflict,
                RejectionKind.Stale => StatusCodes.Status412PreconditionFailed,
                RejectionKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
                _ => throw new InvalidOperationException($"{rejection.Kind} has no status."),
            };
            var problem = Problems.Of(status, rejection.Code, rejection.Detail, errors);
            foreach (var member in Extras)
            {
                if (member.GetValue(rejection.Extras) is { } value)
                {
                    problem.Extensions[JsonNamingPolicy.CamelCase.ConvertName(member.Name)] = value;
                }
            }

            return TypedResults.Problem(problem);
        }
    }
}
