using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Api.People;

/// <summary>The account of whom the request is about.</summary>
internal sealed record PersonAccount(long Id);

/// <summary>
/// Asks Identity for the account of the person in the body, before the transaction: nobody's rows wait for another
/// process. An account that nothing becomes of is harmless. The endpoint finds it as a feature of the request.
/// </summary>
internal sealed class AskForAccount(Accounts accounts) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var person = context.Arguments.OfType<IPersonDetails>().Single();
        if (await accounts.FindOrCreateAsync(person, http.RequestAborted) is not { } id)
        {
            return TypedResults.Problem(Problems.Invalid(new FieldError("email", "FORMAT", "It is no address.")));
        }

        http.Features.Set(new PersonAccount(id));
        return await next(context);
    }
}
