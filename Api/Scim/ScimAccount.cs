using Platform.Api.People;
using Platform.Core.Scim;

namespace Platform.Api.Scim;

/// <summary>
/// Asks Identity for the account of the person in the body, before the transaction, as inviting does; no mail is sent.
/// </summary>
internal sealed class ScimAccount(Accounts accounts) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var body = context.Arguments.OfType<ScimBody>().Single();
        var document = ScimDocuments.Read(ScimSchemas.User, ScimSchemas.Enterprise, body.Json);
        var id = await accounts.FindOrCreateAsync(ScimPerson.Of(document), context.HttpContext.RequestAborted)
            ?? throw new ScimException(ScimErrorTypes.InvalidValue, "The person has no e-mail address.");

        context.HttpContext.Features.Set(new PersonAccount(id));
        return await next(context);
    }
}
