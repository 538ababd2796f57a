using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Makes a person a member of the tenant; one without an account is invited by mail.</summary>
public sealed class InviteModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["name"] = "Input.Name",
        ["email"] = "Input.Email",
        ["userType"] = "Input.UserType",
    };

    protected override string TabName => TenantTabs.Users;

    protected override string Title => Texts["Users.InviteTitle", Tenant.Name];

    [BindProperty]
    public Form Input { get; set; } = new();

    public IReadOnlyList<(string Value, string Text)> Types() =>
    [
        .. new[] { UserTypes.Operations, UserTypes.Manager, UserTypes.Admin }
            .Select(type => (type, Texts[$"UserType.{type}"].Value)),
    ];

    public IActionResult OnGet() => CanChange ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return this.ShowAgain();

        var request = new InviteUserRequest(Input.Email.Trim(), Input.Name.Trim(), Input.UserType, Locale: Tenant.Locale);
        var invited = await Api.InviteToTenantAsync(Tenant.Id, request, Input.Key, ct);
        if (invited.Ok) return Done(invited.Code);

        Input.Key = this.KeyAfter(invited.Problem, "Input.Key", Input.Key);
        return this.ShowAgain(invited.Problem, Fields);
    }

    public sealed class Form
    {
        [Required, StringLength(200)]
        public string Name { get; set; } = "";

        [Required, Email, StringLength(254)]
        public string Email { get; set; } = "";

        [Required]
        public string UserType { get; set; } = UserTypes.Operations;

        [Required, StringLength(64)]
        public string Key { get; set; } = IdempotencyKeys.New();
    }
}
