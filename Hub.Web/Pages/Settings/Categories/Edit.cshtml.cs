using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Pages.Settings.Services;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Categories;

/// <summary>A category with the attributes that its resources may have.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    private const int MaxProperties = 50;

    protected override string Needs => Permissions.CatalogueWrite;

    /// <summary>Null for a new one.</summary>
    public CategoryResponse? Category { get; private set; }

    public async Task<IActionResult> OnGetAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (Category is { } category) Input = Form.Of(category);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? id, string? add, int? remove, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (add is not null || remove is not null)
        {
            if (add is not null && Input.Properties.Count < MaxProperties) Input.Properties.Add(new());
            if (remove is { } index && index >= 0 && index < Input.Properties.Count) Input.Properties.RemoveAt(index);
            return Redrawn();
        }

        Input.NameProperties();
        if (!ModelState.IsValid) return Refused();

        var saved = id is null
            ? await Api.PostAsync<CategoryResponse>(
                "categories", new CreateCategoryRequest(Input.Name!, Input.Schema()), ct, Input.Key)
            : await Api.PatchAsync<CategoryResponse>(
                $"categories/{id}", new ChangeCategoryRequest { Name = Input.Name!, AttributeSchema = Input.Schema() },
                Input.Version, ct);
        if (saved.Ok)
        {
            return Done(id is null ? Text["Setup.Created", saved.Data.Name] : Text["Setup.Saved"], $"categories/{saved.Data.Id}");
        }

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Category!, Category!.Version)
            : Refused(saved.Problem);
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"categories/{id}", version, ct);
        if (deleted.Ok) return Done(Text["Setup.Deleted"], "categories");
        if (await LoadAsync(id, ct) is { } failed) return failed;

        ModelState.Clear();
        Input = Form.Of(Category!);
        return Refused(deleted.Problem);
    }

    private async Task<IActionResult?> LoadAsync(long? id, CancellationToken ct)
    {
        if (id is null) return null;

        var category = await Api.GetAsync<CategoryResponse>($"categories/{id}", ct);
        if (!category.Ok) return category.Problem.ToPage();
        Category = category.Data;
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(100)]
        public string? Name { get; set; }

        public List<PropertyForm> Properties { get; set; } = [];

        public static Form Of(CategoryResponse category) => new()
        {
            Version = category.Version,
            Name = category.Name,
            Properties = [.. PropertyForm.Of(category.AttributeSchema)],
        };

        /// <summary>A property without a key gets one made of its title.</summary>
        public void NameProperties()
        {
            for (var i = 0; i < Properties.Count; i++)
            {
                var row = Properties[i];
                if (string.IsNullOrWhiteSpace(row.Key)
                    && !string.IsNullOrWhiteSpace(row.Title)) row.Key = FieldKeys.Of(row.Title, i);
            }
        }

        public JsonElement Schema()
        {
            var named = Properties.Where(p => !string.IsNullOrWhiteSpace(p.Key)).DistinctBy(p => p.Key!.Trim()).ToList();
            if (named.Count == 0) return JsonSerializer.SerializeToElement(new { });

            var properties = new JsonObject();
            foreach (var row in named) properties[row.Key!.Trim()] = row.ToJson();
            return JsonSerializer.SerializeToElement(
                new JsonObject { ["type"] = "object", ["properties"] = properties });
        }
    }

    public sealed class PropertyForm
    {
        [StringLength(100)]
        public string? Key { get; set; }

        [StringLength(200)]
        public string? Title { get; set; }

        [RegularExpression("^(string|number|integer|boolean)$")]
        public string Type { get; set; } = "string";

        public bool Required { get; set; }

        /// <summary>A line each.</summary>
        [StringLength(10_000)]
        public string? Choices { get; set; }

        public int? Minimum { get; set; }

        public int? Maximum { get; set; }

        [Range(1, 2000)]
        public int? MaxLength { get; set; }

        public JsonObject ToJson()
        {
            var json = new JsonObject { ["type"] = Type };
            if (!string.IsNullOrWhiteSpace(Title)) json["title"] = Title.Trim();
            if (Required) json["required"] = true;
            var choices = CatalogueItems.Lines(Choices);
            if (choices.Length > 0
                && Type == "string") json["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c)]);
            if (MaxLength is { } length && Type == "string") json["maxLength"] = length;
            if (Minimum is { } minimum && Type is "number" or "integer") json["minimum"] = minimum;
            if (Maximum is { } maximum && Type is "number" or "integer") json["maximum"] = maximum;
            return json;
        }

        public static IEnumerable<PropertyForm> Of(JsonElement schema)
        {
            if (schema.ValueKind != JsonValueKind.Object
                || !schema.TryGetProperty("properties", out var properties)) return [];

            var specs = FieldValues.Of(schema).ToDictionary(spec => spec.Key);
            return properties.EnumerateObject().Select(p => new PropertyForm
            {
                Key = p.Name,
                Title = Member(p.Value, "title")?.GetString(),
                Type = Member(p.Value, "type")?.GetString() ?? "string",
                Required = specs[p.Name].Required,
                Choices = string.Join('\n', specs[p.Name].Choices),
                Minimum = Number(p.Value, "minimum"),
                Maximum = Number(p.Value, "maximum"),
                MaxLength = Number(p.Value, "maxLength"),
            });
        }

        private static JsonElement? Member(JsonElement json, string name) =>
            json.TryGetProperty(name, out var member) ? member : null;

        private static int? Number(JsonElement json, string name) =>
            Member(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
                ? value
                : null;
    }
}
