using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Pages.Settings.Services;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Fields;

/// <summary>A member that the organisation adds to its clients, bookings, resources or users.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    /// <summary>Null for a new one.</summary>
    public CustomFieldResponse? Field { get; private set; }

    public IEnumerable<SelectListItem> Owners =>
        IndexModel.Owners.Select(o => new SelectListItem(Text[$"Setup.FieldOf.{o}"], o));

    public IEnumerable<SelectListItem> Types => new[] { "text", "number", "boolean", "date", "choice" }
        .Select(t => new SelectListItem(Text[$"Setup.FieldType.{t}"], t));

    public async Task<IActionResult> OnGetAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (Field is { } field) Input = Form.Of(field);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var saved = id is null
            ? await Api.PostAsync<CustomFieldResponse>("custom-fields", Input.ToCreate(), ct, Input.Key)
            : await Api.PatchAsync<CustomFieldResponse>($"custom-fields/{id}", Input.ToChange(), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], "fields");

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Field!, Field!.Version)
            : Refused(saved.Problem, new Dictionary<string, string> { ["key"] = "Input.FieldKey" });
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"custom-fields/{id}", version, ct);
        if (deleted.Ok) return Done(Text["Setup.Deleted"], "fields");
        if (await LoadAsync(id, ct) is { } failed) return failed;

        ModelState.Clear();
        Input = Form.Of(Field!);
        return Refused(deleted.Problem);
    }

    private async Task<IActionResult?> LoadAsync(long? id, CancellationToken ct)
    {
        if (id is null) return null;

        var field = await Api.GetAsync<CustomFieldResponse>($"custom-fields/{id}", ct);
        if (!field.Ok) return field.Problem.ToPage();
        Field = field.Data;
        return null;
    }

    public sealed class Form : SettingsForm
    {
        public string AppliesTo { get; set; } = "client";

        [StringLength(50)]
        public string? FieldKey { get; set; }

        [Required, StringLength(200)]
        public string? Label { get; set; }

        public string Type { get; set; } = "text";

        public bool Required { get; set; }

        /// <summary>A line each.</summary>
        [StringLength(10_000)]
        public string? Choices { get; set; }

        [Range(0, 10_000)]
        public int? Position { get; set; } = 0;

        public static Form Of(CustomFieldResponse f) => new()
        {
            Version = f.Version,
            AppliesTo = f.AppliesTo,
            FieldKey = f.Key,
            Label = f.Label,
            Type = f.Type,
            Required = f.Required,
            Choices = string.Join('\n', f.Choices),
            Position = f.Position,
        };

        public CreateCustomFieldRequest ToCreate() => new(
            AppliesTo, string.IsNullOrWhiteSpace(FieldKey)
                ? FieldKeys.Of(Label, 0)
                : FieldKey.Trim(), Label!, Type, Required,
            Type == "choice" ? CatalogueItems.Lines(Choices) : null, Position ?? 0);

        public ChangeCustomFieldRequest ToChange() => new()
        {
            Label = Label!,
            Type = Type,
            Required = Required,
            Choices = Type == "choice" ? CatalogueItems.Lines(Choices) : [],
            Position = Position ?? 0,
        };
    }
}
