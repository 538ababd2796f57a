using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Labels;

/// <summary>The organisation's words for our terms.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    /// <summary>The members of <see cref="Contracts.Catalogue.Labels"/>; the list is closed.</summary>
    public static IReadOnlyList<string> Terms { get; } =
        ["client", "booking", "service", "resource", "category", "slot", "hold", "series", "waitlist", "schedule", "blackout"];

    protected override string Needs => Permissions.SettingsWrite;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var labels = await Api.GetAsync<Contracts.Catalogue.Labels>("settings/labels", ct);
        if (!labels.Ok) return labels.Problem.ToPage();

        Input = Form.Of(labels.Data);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Input.Complete();
        for (var i = 0; i < Input.Terms.Count; i++)
        {
            var term = Input.Terms[i];
            if (string.IsNullOrWhiteSpace(term.Singular) == string.IsNullOrWhiteSpace(term.Plural)) continue;
            var missing = string.IsNullOrWhiteSpace(term.Singular) ? "Singular" : "Plural";
            ModelState.AddModelError($"Input.Terms[{i}].{missing}", Text["Setup.Labels.Both"]);
        }

        if (!ModelState.IsValid) return Refused();
        var saved = await Api.PutAsync<Contracts.Catalogue.Labels>("settings/labels", Input.ToLabels(), null, ct);
        return saved.Ok ? Done(Text["Setup.Saved"], "labels") : Refused(saved.Problem);
    }

    public sealed class Form : SettingsForm
    {
        /// <summary>In the order of <see cref="IndexModel.Terms"/>.</summary>
        public List<TermForm> Terms { get; set; } = [];

        public static Form Of(Contracts.Catalogue.Labels labels)
        {
            var json = JsonSerializer.SerializeToElement(labels, PlatformJson.Options);
            return new()
            {
                Terms =
                [
                    .. IndexModel.Terms.Select(term =>
                        json.TryGetProperty(term, out var own) && own.ValueKind == JsonValueKind.Object
                            ? TermForm.Of(own.Deserialize<Term>(PlatformJson.Options)!)
                            : new TermForm()),
                ],
            };
        }

        public void Complete()
        {
            while (Terms.Count < IndexModel.Terms.Count) Terms.Add(new());
        }

        public Contracts.Catalogue.Labels ToLabels()
        {
            Term? Of(string term) => Terms[IndexModel.Terms.ToList().IndexOf(term)].ToTerm();
            return new(
                Of("resource"), Of("category"), Of("service"), Of("booking"), Of("client"), Of("slot"), Of("hold"), Of("series"),
                Of("waitlist"), Of("schedule"), Of("blackout"));
        }
    }

    public sealed class TermForm
    {
        [StringLength(60)]
        public string? Singular { get; set; }

        [StringLength(60)]
        public string? Plural { get; set; }

        public static TermForm Of(Term term) => new() { Singular = term.Singular, Plural = term.Plural };

        public Term? ToTerm() => (Singular?.Trim(), Plural?.Trim()) is ({ Length: > 0 } one, { Length: > 0 } many)
            ? new(one, many)
            : null;
    }
}
