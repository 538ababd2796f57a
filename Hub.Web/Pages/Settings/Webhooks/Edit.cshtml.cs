using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Contracts.Webhooks;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Webhooks;

/// <summary>A webhook with its latest deliveries. A secret is shown on this page once.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    /// <summary>Event types that most receivers need; others are typed.</summary>
    public static readonly string[] CommonEvents = ["booking.*", "client.*", "membership.*", "license.*", "waitlist.*"];

    private static readonly Dictionary<string, string> Fields = new() { ["eventTypes"] = "Input.Others" };

    protected override string Needs => Permissions.WebhooksManage;

    /// <summary>Null for a new one.</summary>
    public WebhookResponse? Webhook { get; private set; }

    public IReadOnlyList<WebhookDeliveryResponse> Deliveries { get; private set; } = [];

    /// <summary>Of the next page of deliveries.</summary>
    public string? Next { get; private set; }

    public string? Status { get; private set; }

    public string? Secret { get; private set; }

    public async Task<IActionResult> OnGetAsync(long? id, string? status, string? cursor, CancellationToken ct)
    {
        if (await LoadAsync(id, ct, status, cursor) is { } failed) return failed;
        if (Webhook is { } webhook) Input = Form.Of(webhook);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();
        if (id is null) return await CreateAsync(ct);

        var saved = await Api.PatchAsync<WebhookResponse>($"webhooks/{id}", Input.ToChange(), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"webhooks/{id}");

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Webhook!, Webhook!.Version)
            : Refused(saved.Problem, Fields);
    }

    public async Task<IActionResult> OnPostRotateAsync(long id, CancellationToken ct)
    {
        var rotated = await Api.PostAsync<WebhookResponse>($"webhooks/{id}/rotate-secret", null, ct);
        if (!rotated.Ok) return await AgainAsync(id, rotated.Problem, ct);

        Secret = rotated.Data.Secret;
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = Form.Of(Webhook!);
        return Page();
    }

    public async Task<IActionResult> OnPostTestAsync(long id, CancellationToken ct)
    {
        var sent = await Api.PostAsync<WebhookDeliveryResponse>($"webhooks/{id}/test", null, ct);
        return sent.Ok
            ? Done(Text["Setup.Webhook.TestSent"], $"webhooks/{id}/deliveries/{sent.Data.Id}")
            : await AgainAsync(id, sent.Problem, ct);
    }

    public async Task<IActionResult> OnPostRecoverAsync(long id, int hours, CancellationToken ct)
    {
        var since = Now - TimeSpan.FromHours(Math.Clamp(hours, 1, 24 * 30 - 1));
        var recovered = await Api.PostAsync<RecoverWebhookResponse>(
            $"webhooks/{id}/recover", new RecoverWebhookRequest(since), ct);
        return recovered.Ok
            ? Done(Text["Setup.Webhook.Recovered", recovered.Data.Queued], $"webhooks/{id}")
            : await AgainAsync(id, recovered.Problem, ct);
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"webhooks/{id}", version, ct);
        return deleted.Ok ? Done(Text["Setup.Deleted"], "webhooks") : await AgainAsync(id, deleted.Problem, ct);
    }

    /// <summary>Shows the secret in the answer itself: it is kept nowhere, and a redirect would lose it.</summary>
    private async Task<IActionResult> CreateAsync(CancellationToken ct)
    {
        var created = await Api.PostAsync<WebhookResponse>("webhooks", Input.ToCreate(), ct, Input.Key);
        if (!created.Ok) return Refused(created.Problem, Fields);

        ModelState.Clear();
        (Webhook, Secret) = (created.Data, created.Data.Secret);
        Input = Form.Of(created.Data);
        return Page();
    }

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = Form.Of(Webhook!);
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(
        long? id, CancellationToken ct, string? status = null, string? cursor = null)
    {
        if (id is null) return null;

        var webhook = await Api.GetAsync<WebhookResponse>($"webhooks/{id}", ct);
        if (!webhook.Ok) return webhook.Problem.ToPage();
        Status = status is WebhookDeliveryStatuses.Pending or WebhookDeliveryStatuses.Delivered or WebhookDeliveryStatuses.Failed
            ? status
            : null;
        var deliveries = await Api.PageAsync<WebhookDeliveryResponse>(
            $"webhooks/{id}/deliveries", new() { ["status"] = Status, ["cursor"] = cursor, ["limit"] = "20" }, ct);
        if (!deliveries.Ok) return deliveries.Problem.ToPage();

        (Webhook, Deliveries, Next) = (webhook.Data, deliveries.Data, deliveries.Page?.Next);
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(WebhookLimits.Url)]
        public string? Url { get; set; }

        [StringLength(WebhookLimits.Description)]
        public string? Description { get; set; }

        /// <summary>Of <see cref="CommonEvents"/>.</summary>
        public List<string> Events { get; set; } = [];

        /// <summary>Other types, a line each.</summary>
        [StringLength(10_000)]
        public string? Others { get; set; }

        public bool Enabled { get; set; } = true;

        public static Form Of(WebhookResponse w) => new()
        {
            Version = w.Version,
            Url = w.Url,
            Description = w.Description,
            Events = [.. w.EventTypes.Intersect(CommonEvents)],
            Others = string.Join('\n', w.EventTypes.Except(CommonEvents)),
            Enabled = w.Enabled,
        };

        public CreateWebhookRequest ToCreate() => new(Url!.Trim(), Types, Description, Enabled);

        public ChangeWebhookRequest ToChange() =>
            new() { Url = Url!.Trim(), Description = Description, EventTypes = new(Types), Enabled = Enabled };

        private IReadOnlyList<string> Types => [.. Events.Concat(CatalogueItems.Lines(Others)).Distinct()];
    }
}
