using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Api.People;

/// <summary>The account of whom the request is about.</summary>
internal sealed record PersonAccount(long Id);

/// <summary>Set by an endpoint to have a mail sent to the person once its transaction is committed.</summary>
/// <param name="Organisation">Where the person is invited to.</param>
internal sealed record InvitationMail(string Organisation);

/// <summary>
/// Asks Identity for the account of the person in the body, before the transaction: nobody's rows wait for another
/// process. An account that is not used is harmless. The endpoint finds it as a feature of the request. The mail
/// is asked for after the commit; if that fails the person is a member all the same, and inviting again sends it.
/// </summary>
internal sealed class AskForAccount(Accounts accounts, ILogger<AskForAccount> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var person = context.Arguments.OfType<IPersonDetails>().Single();
        if (await accounts.FindOrCreateAsync(person, http.RequestAborted) is not { } id)
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("email", "FORMAT", "The value must be an e-mail address.")));
        }

        http.Features.Set(new PersonAccount(id));
        var result = await next(context);
        if (http.Features.Get<InvitationMail>() is { } mail) await InviteAsync(person, id, mail, http.RequestAborted);
        return result;
    }

    private async Task InviteAsync(IPersonDetails person, long id, InvitationMail mail, CancellationToken ct)
    {
        try
        {
            await accounts.InviteAsync(person, mail.Organisation, ct);
        }
        catch (AccountsUnavailableException e)
        {
            log.LogError(e, "The invitation of user {UserId} was not sent", id);
        }
    }
}
