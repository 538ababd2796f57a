using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Pages.Settings.Services;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Resources;

/// <summary>A resource with what its category and the organisation ask about it.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    /// <summary>Null for a new one.</summary>
    public ResourceResponse? Resource { get; private set; }

    public IReadOnlyList<CategoryResponse> Categories { get; private set; } = [];

    /// <summary>Those of which this one may be a part.</summary>
    public IReadOnlyList<ResourceResponse> Others { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Parts { get; private set; } = [];

    /// <summary>Of the chosen category, and the custom fields of resources.</summary>
    public IReadOnlyList<FieldSpec> Fields { get; private set; } = [];

    /// <summary>Whether the category leaves open what attributes there are.</summary>
    public bool IsOpen { get; private set; }

    public SelectListItem[] Kinds => CatalogueItems.Of(Categories);

    public SelectListItem[] Parents => CatalogueItems.Of(Others);

    public async Task<IActionResult> OnGetAsync(long? id, long? category, CancellationToken ct)
    {
        if (await LoadAsync(id, category, ct) is { } failed) return failed;
        if (Resource is { } resource) Input = Form.Of(resource, Fields);
        return Page();
    }

    /// <param name="show">Pressed to see the attributes of another category; nothing is saved then.</param>
    public async Task<IActionResult> OnPostAsync(long? id, bool show, CancellationToken ct)
    {
        if (await LoadAsync(id, Input.CategoryId, ct) is { } failed) return failed;
        if (show) return Redrawn();
        if (!ModelState.IsValid) return Refused();

        var attributes = Input.ToAttributes(Fields, IsOpen);
        var saved = id is null
            ? await Api.PostAsync<ResourceResponse>("resources", Input.ToCreate(attributes), ct, Input.Key)
            : await Api.PatchAsync<ResourceResponse>($"resources/{id}", Input.ToChange(attributes), Input.Version, ct);
        if (saved.Ok)
        {
            return id is null
                ? Done(Text["Setup.Resource.Created", saved.Data.Name], $"resources/{saved.Data.Id}/hours")
                : Done(Text["Setup.Saved"], $"resources/{id}");
        }

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Resource!, Resource!.Version)
            : Refused(saved.Problem);
    }

    public async Task<IActionResult> OnPostActiveAsync(long id, bool active, CancellationToken ct)
    {
        var changed = await Api.PatchAsync<ResourceResponse>(
            $"resources/{id}", new ChangeResourceRequest { Active = active }, null, ct);
        return changed.Ok
            ? Done(Text[active ? "Setup.Activated" : "Setup.Deactivated", changed.Data.Name], $"resources/{id}")
            : await AgainAsync(id, changed.Problem, ct);
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"resources/{id}", version, ct);
        return deleted.Ok ? Done(Text["Setup.Deleted"], "resources") : await AgainAsync(id, deleted.Problem, ct);
    }

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, null, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = Form.Of(Resource!, Fields);
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(long? id, long? categoryId, CancellationToken ct)
    {
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();
        var resources = await Api.AllAsync<ResourceResponse>("resources?active=all", ct);
        if (!resources.Ok) return resources.Problem.ToPage();
        var fields = await Api.AllAsync<CustomFieldResponse>("custom-fields?appliesTo=resource", ct);
        if (!fields.Ok) return fields.Problem.ToPage();

        if (id is not null)
        {
            var resource = await Api.GetAsync<ResourceResponse>($"resources/{id}", ct);
            if (!resource.Ok) return resource.Problem.ToPage();
            Resource = resource.Data;
        }

        Categories = categories.Data;
        Others = [.. resources.Data.Where(r => r.Id != id)];
        Parts = [.. resources.Data.Where(r => r.ParentId == id && id is not null)];

        var chosen = Categories.FirstOrDefault(c => c.Id == (categoryId ?? Resource?.CategoryId)) ?? (Categories.Count == 0 ? null : Categories[0]);
        if (Input.CategoryId is null) Input.CategoryId = chosen?.Id;
        var ofCategory = chosen is null ? [] : FieldValues.Of(chosen.AttributeSchema);
        IsOpen = ofCategory.Count == 0;
        Fields = [.. ofCategory, .. fields.Data.OrderBy(f => f.Position).Select(FieldSpec.Of)];
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required]
        public long? CategoryId { get; set; }

        [Required, StringLength(200)]
        public string? Name { get; set; }

        [Required, Range(1, 1000)]
        public int? Capacity { get; set; } = 1;

        public long? ParentId { get; set; }

        [StringLength(64)]
        public string? TimeZone { get; set; }

        public Dictionary<string, string?> Attributes { get; set; } = [];

        /// <summary>Attributes that no schema names, a line each.</summary>
        [StringLength(10_000)]
        public string? Free { get; set; }

        public static Form Of(ResourceResponse r, IReadOnlyList<FieldSpec> fields)
        {
            var known = fields.Select(f => f.Key).ToHashSet();
            var values = FieldValues.Read(r.Attributes);
            return new()
            {
                Version = r.Version,
                CategoryId = r.CategoryId,
                Name = r.Name,
                Capacity = r.Capacity,
                ParentId = r.ParentId,
                TimeZone = r.OwnTimeZone,
                Attributes = values,
                Free = string.Join('\n', values.Where(v => !known.Contains(v.Key)).Select(v => $"{v.Key} = {v.Value}")),
            };
        }

        public JsonElement ToAttributes(IReadOnlyList<FieldSpec> fields, bool isOpen)
        {
            var known = FieldValues.Write(Attributes, fields);
            if (!isOpen || AttributeLines.Read(Free) is not { } free) return known;

            var all = known.EnumerateObject().Concat(free.EnumerateObject()).DistinctBy(m => m.Name)
                .ToDictionary(m => m.Name, m => m.Value);
            return JsonSerializer.SerializeToElement(all);
        }

        public CreateResourceRequest ToCreate(JsonElement attributes) =>
            new(CategoryId!.Value, Name!, Capacity!.Value, ParentId, TimeZone, attributes);

        public ChangeResourceRequest ToChange(JsonElement attributes) => new()
        {
            CategoryId = CategoryId!.Value,
            Name = Name!,
            Capacity = Capacity!.Value,
            ParentId = ParentId,
            TimeZone = TimeZone,
            Attributes = attributes,
        };
    }
}
