using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.People;

/// <summary>A member: what they are here, what they may do, and the seats they have.</summary>
public sealed class PersonModel(SettingsTools tools) : SettingsPage<PersonModel.Form>(tools)
{
    protected override string Needs => Permissions.UsersRead;

    public UserResponse Person { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public IReadOnlyList<FieldSpec> Fields { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public IReadOnlyList<GrantResponse> Grants { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Types => PeopleItems.Types(Text);

    public IEnumerable<SelectListItem> Kinds =>
        new[] { MemberKinds.Member, MemberKinds.Professional, MemberKinds.Client }
        .Select(kind => new SelectListItem(Text[$"Setup.Kind.{kind}"], kind));

    public SelectListItem[] ResourceItems => CatalogueItems.Of(Resources);

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        Input = Form.Of(Person);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var saved = await Api.PatchAsync<UserResponse>($"users/{id}", Input.ToRequest(Fields), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"people/{id}");
        if (saved.Problem.Status != StatusCodes.Status412PreconditionFailed)
        {
            return Refused(saved.Problem, new Dictionary<string, string> { ["roles"] = "Input.UserType" });
        }

        Input.Version = Person.Version;
        ModelState.Remove("Input.Version");
        return RefusedAsStale(Person.UpdatedBy, Person.UpdatedAt);
    }

    public async Task<IActionResult> OnPostActiveAsync(long id, bool active, bool revokeSeats, CancellationToken ct)
    {
        var done = active
            ? await Api.PostAsync<UserResponse>($"users/{id}/activate", null, ct)
            : await Api.PostAsync<UserResponse>($"users/{id}/deactivate", new DeactivateUserRequest(revokeSeats), ct);
        return done.Ok
            ? Done(Text[active ? "Setup.Team.ActivatedDone" : "Setup.Team.DeactivatedDone", done.Data.Name], $"people/{id}")
            : await AgainAsync(id, done.Problem, ct);
    }

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = Form.Of(Person);
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var person = await Api.GetAsync<UserResponse>($"users/{id}", ct);
        if (!person.Ok) return person.Problem.ToPage();
        var roles = await Api.AllAsync<RoleResponse>("roles", ct);
        if (!roles.Ok) return roles.Problem.ToPage();
        var fields = await Api.AllAsync<CustomFieldResponse>("custom-fields?appliesTo=user", ct);
        if (!fields.Ok) return fields.Problem.ToPage();
        var resources = await Api.AllAsync<ResourceResponse>("resources", ct);
        if (!resources.Ok) return resources.Problem.ToPage();
        if (May(Permissions.SeatsWrite))
        {
            var grants = await Api.AllAsync<GrantResponse>($"users/{id}/apps", ct);
            if (!grants.Ok) return grants.Problem.ToPage();
            Grants = [.. grants.Data.Where(grant => grant.Active)];
        }

        (Person, Roles, Resources) = (person.Data, PeopleItems.Roles(roles.Data), resources.Data);
        Fields = [.. fields.Data.OrderBy(f => f.Position).Select(FieldSpec.Of)];
        return null;
    }

    public sealed class Form : SettingsForm
    {
        public string UserType { get; set; } = "operations";

        public List<string> Roles { get; set; } = [];

        public string Kind { get; set; } = MemberKinds.Member;

        public long? ResourceId { get; set; }

        public long? ClientId { get; set; }

        public Dictionary<string, string?> Metadata { get; set; } = [];

        public static Form Of(UserResponse u) => new()
        {
            Version = u.Version,
            UserType = u.UserType,
            Roles = [.. u.Roles],
            Kind = u.Kind,
            ResourceId = u.ResourceId,
            ClientId = u.ClientId,
            Metadata = FieldValues.Read(u.Metadata),
        };

        public ChangeUserRequest ToRequest(IReadOnlyList<FieldSpec> fields)
        {
            var request = new ChangeUserRequest { UserType = UserType, Roles = Roles, Kind = Kind };
            if (Kind == MemberKinds.Professional) request = request with { ResourceId = ResourceId };
            if (Kind == MemberKinds.Client) request = request with { ClientId = ClientId };
            return fields.Count == 0 ? request : request with { Metadata = FieldValues.Write(Metadata, fields) };
        }
    }
}
