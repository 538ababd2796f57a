using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.People;

public sealed class InvitationsModel(SettingsTools tools) : SettingsPage(tools)
{
    private static readonly string[] Statuses =
    [
        InvitationStatuses.Pending, InvitationStatuses.Accepted, InvitationStatuses.Declined, InvitationStatuses.Withdrawn,
        InvitationStatuses.Expired,
    ];

    protected override string Needs => Permissions.UsersRead;

    public ListView<InvitationResponse> Invitations { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> States =>
    [
        new(Text["Setup.State.all"], ""),
        .. Statuses.Select(status => new SelectListItem(Text[$"Setup.Invitation.{status}"], status)),
    ];

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Invitations.ToCsv("invitations", key => Text[key]);

    public async Task<IActionResult> OnPostResendAsync(long id, CancellationToken ct)
    {
        var sent = await Api.PostAsync<InvitationResponse>($"invitations/{id}/resend", null, ct);
        if (sent.Ok) return Done(Text["Setup.Invitation.Resent", sent.Data.Email], "people/invitations");
        return await LoadAsync(new(null, null, null, null), ct) ?? Refused(sent.Problem);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(long id, CancellationToken ct)
    {
        var withdrawn = await Api.DeleteAsync($"invitations/{id}", null, ct);
        if (withdrawn.Ok) return Done(Text["Setup.Invitation.WithdrawnDone"], "people/invitations");
        return await LoadAsync(new(null, null, null, null), ct) ?? Refused(withdrawn.Problem);
    }

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var status = Statuses.Contains(asked.State) ? $"?status={asked.State}" : "";
        var invitations = await Api.AllAsync<InvitationResponse>($"invitations{status}", ct);
        if (!invitations.Ok) return invitations.Problem.ToPage();

        Invitations = new(
            To("people/invitations"), asked with { Sort = asked.Sort ?? "-sent" }, invitations.Data, i =>
                $"{i.Name} {i.Email}",
            new("email", "Setup.Email", i => i.Email),
            new("name", "Setup.Name", i => i.Name),
            new("type", "Setup.UserType", i => Text[$"UserType.{i.UserType}"].Value),
            new("sent", "Setup.Invitation.SentAt", i => i.UpdatedAt),
            new("status", "Setup.State", i => Text[$"Setup.Invitation.{i.Status}"].Value));
        return null;
    }
}
