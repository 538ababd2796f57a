using Platform.Contracts.People;

namespace Platform.Api.People;

/// <summary>
/// Asks Identity for the mail that an endpoint left as a feature of the request, once its transaction is committed:
/// nobody's rows wait for another process. If that fails the invitation is there all the same, and can be sent again.
/// </summary>
internal sealed class SendInvitation(Accounts accounts, ILogger<SendInvitation> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var result = await next(context);
        if (http.Features.Get<InvitationMailRequest>() is not { } mail) return result;

        try
        {
            await accounts.InviteAsync(mail, http.RequestAborted);
        }
        catch (AccountsUnavailableException e)
        {
            log.LogError(e, "The mail of invitation {InvitationId} was not sent", mail.Id);
        }

        return result;
    }
}
