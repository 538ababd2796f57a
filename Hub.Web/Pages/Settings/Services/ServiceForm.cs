using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Settings;

namespace Platform.Hub.Web.Pages.Settings.Services;

/// <summary>All that a service has, as its page asks for it.</summary>
public sealed class ServiceForm : SettingsForm
{
    [Required, StringLength(200)]
    public string? Name { get; set; }

    [StringLength(2000)]
    public string? Description { get; set; }

    /// <summary>Minutes, with commas between.</summary>
    [Required, StringLength(200)]
    public string? Durations { get; set; } = "60";

    [Range(0, 1440)]
    public int? BeforeBufferMinutes { get; set; } = 0;

    [Range(0, 1440)]
    public int? AfterBufferMinutes { get; set; } = 0;

    [Range(1, 1440)]
    public int? SlotIntervalMinutes { get; set; }

    [RegularExpression("^(fixed|packed)$")]
    public string SlotGrid { get; set; } = "fixed";

    public SpanInput MinimumNotice { get; set; } = SpanInput.Of(null);

    [Range(1, BookingWindows.FarthestDays)]
    public int? BookingWindowDays { get; set; }

    [Required, Range(1, 10_000)]
    public int? Capacity { get; set; } = 1;

    public bool RequiresApproval { get; set; }

    public LimitsForm Limits { get; set; } = new();

    public SpanInput CancellationDeadline { get; set; } = SpanInput.Of(null);

    [Range(0, 1_000_000)]
    public decimal? CancellationFee { get; set; }

    public SpanInput CheckInOpens { get; set; } = SpanInput.Of(null);

    public SpanInput CheckInReleases { get; set; } = SpanInput.Of(null);

    [Range(0, 1_000_000)]
    public decimal? Price { get; set; }

    public List<RequirementForm> Requirements { get; set; } = [];

    public List<ServiceQuestionForm> Questions { get; set; } = [];

    public List<SpanInput> Reminders { get; set; } = [];

    public bool Public { get; set; }

    public sealed class LimitsForm
    {
        [Range(1, 1_000_000)] public int? PerDay { get; set; }
        [Range(1, 1_000_000)] public int? PerWeek { get; set; }
        [Range(1, 1_000_000)] public int? PerClient { get; set; }
        [Range(1, 1_000_000)] public int? PerClientPerDay { get; set; }
        [Range(1, 1_000_000)] public int? PerResourcePerDay { get; set; }
        [Range(1, 1_000_000)] public int? MinutesPerDay { get; set; }
        [Range(1, 1_000_000)] public int? MinutesPerWeek { get; set; }

        public ServiceLimits ToLimits() => new(
            PerDay, PerWeek, PerClient, PerClientPerDay, PerResourcePerDay, MinutesPerDay, MinutesPerWeek);
    }

    public sealed class RequirementForm
    {
        /// <summary>All of this kind that have the attributes; null where resources are named.</summary>
        public long? CategoryId { get; set; }

        public List<long> ResourceIds { get; set; } = [];

        /// <summary>A line each: <c>sink = true</c>.</summary>
        [StringLength(2000)]
        public string? Attributes { get; set; }

        [Range(1, 50)]
        public int? Quantity { get; set; } = 1;

        [RegularExpression("^(client|any|all)$")]
        public string Assignment { get; set; } = "any";

        public bool IsEmpty => CategoryId is null && ResourceIds.Count == 0;

        public ServiceRequirement ToRequirement() => new(
            CategoryId,
            ResourceIds.Count > 0 ? ResourceIds : null,
            AttributeLines.Read(Attributes), Quantity ?? 1, Assignment);

        public static RequirementForm Of(ServiceRequirement r) => new()
        {
            CategoryId = r.CategoryId,
            ResourceIds = [.. r.ResourceIds ?? []],
            Attributes = AttributeLines.Write(r.Attributes),
            Quantity = r.Quantity,
            Assignment = r.Assignment,
        };
    }

    public sealed class ServiceQuestionForm
    {
        [StringLength(50)]
        public string? Key { get; set; }

        [StringLength(200)]
        public string? Label { get; set; }

        [RegularExpression("^(text|number|boolean|date|choice)$")]
        public string Type { get; set; } = "text";

        public bool Required { get; set; }

        /// <summary>A line each.</summary>
        [StringLength(10_000)]
        public string? Choices { get; set; }

        public bool IsEmpty => string.IsNullOrWhiteSpace(Key) && string.IsNullOrWhiteSpace(Label);

        /// <summary>A question without a key gets one made of its label.</summary>
        public ServiceQuestion ToQuestion(int index) => new(
            string.IsNullOrWhiteSpace(Key)
                ? FieldKeys.Of(Label, index)
                : Key.Trim(), Label?.Trim() ?? "", Type, Required,
            Type == "choice" ? CatalogueItems.Lines(Choices) : null);

        public static ServiceQuestionForm Of(ServiceQuestion q) => new()
        {
            Key = q.Key,
            Label = q.Label,
            Type = q.Type,
            Required = q.Required,
            Choices = string.Join('\n', q.Choices ?? []),
        };
    }

    public static ServiceForm Of(ServiceResponse s) => new()
    {
        Version = s.Version,
        Name = s.Name,
        Description = s.Description,
        Durations = string.Join(", ", s.DurationsMinutes),
        BeforeBufferMinutes = s.BeforeBufferMinutes,
        AfterBufferMinutes = s.AfterBufferMinutes,
        SlotIntervalMinutes = s.SlotIntervalMinutes,
        SlotGrid = s.SlotGrid,
        MinimumNotice = SpanInput.Of(s.MinimumNoticeMinutes),
        BookingWindowDays = s.BookingWindowDays,
        Capacity = s.Capacity,
        RequiresApproval = s.RequiresApproval,
        Limits = new()
        {
            PerDay = s.Limits.PerDay,
            PerWeek = s.Limits.PerWeek,
            PerClient = s.Limits.PerClient,
            PerClientPerDay = s.Limits.PerClientPerDay,
            PerResourcePerDay = s.Limits.PerResourcePerDay,
            MinutesPerDay = s.Limits.MinutesPerDay,
            MinutesPerWeek = s.Limits.MinutesPerWeek,
        },
        CancellationDeadline = SpanInput.Of(s.Cancellation.DeadlineMinutes),
        CancellationFee = s.Cancellation.Fee?.Amount,
        CheckInOpens = SpanInput.Of(s.CheckIn.OpensMinutesBefore),
        CheckInReleases = SpanInput.Of(s.CheckIn.ReleaseMinutesAfter),
        Price = s.Price?.Amount,
        Requirements = [.. s.Requirements.Select(RequirementForm.Of)],
        Questions = [.. s.Questions.Select(ServiceQuestionForm.Of)],
        Reminders = [.. (s.RemindersMinutes ?? []).Select(minutes => SpanInput.Of(minutes))],
        Public = s.Public,
    };

    public CreateServiceRequest ToCreate(string currency) => new(
        Name!, CatalogueItems.Numbers(Durations)!, Description, BeforeBufferMinutes ?? 0, AfterBufferMinutes ?? 0,
        SlotIntervalMinutes, SlotGrid, MinimumNotice.Minutes, BookingWindowDays, Limits.ToLimits(), Capacity ?? 1,
        RequiresApproval, Cancellation(currency), CheckIn, MoneyOf(Price, currency), AllQuestions, AllRequirements, Public,
        RemindersMinutes: AllReminders);

    public ChangeServiceRequest ToChange(string currency) => new()
    {
        Name = Name!,
        Description = Description,
        DurationsMinutes = new(CatalogueItems.Numbers(Durations)!),
        BeforeBufferMinutes = BeforeBufferMinutes ?? 0,
        AfterBufferMinutes = AfterBufferMinutes ?? 0,
        SlotIntervalMinutes = SlotIntervalMinutes,
        SlotGrid = SlotGrid,
        MinimumNoticeMinutes = MinimumNotice.Minutes,
        BookingWindowDays = BookingWindowDays,
        Limits = Limits.ToLimits(),
        Capacity = Capacity ?? 1,
        RequiresApproval = RequiresApproval,
        Cancellation = Cancellation(currency),
        CheckIn = CheckIn,
        Price = MoneyOf(Price, currency),
        Questions = new(AllQuestions),
        Requirements = new(AllRequirements),
        Public = Public,
        RemindersMinutes = new(AllReminders),
    };

    private CancellationPolicy Cancellation(string currency) =>
        new(CancellationDeadline.Minutes, MoneyOf(CancellationFee, currency));

    private CheckInPolicy CheckIn => new(CheckInOpens.Minutes, CheckInReleases.Minutes);

    private IReadOnlyList<ServiceQuestion> AllQuestions =>
        [.. Questions.Select((q, i) => (q, i)).Where(row => !row.q.IsEmpty).Select(row => row.q.ToQuestion(row.i))];

    private IReadOnlyList<ServiceRequirement> AllRequirements =>
        [.. Requirements.Where(r => !r.IsEmpty).Select(r => r.ToRequirement())];

    private IReadOnlyList<int> AllReminders => [.. Reminders.Select(r => r.Minutes).OfType<int>().Distinct()];

    private static Money? MoneyOf(decimal? amount, string currency) =>
        amount is { } value ? new(value, currency) : null;
}

/// <summary>Conditions on attributes as lines: <c>sink = true</c>.</summary>
internal static class AttributeLines
{
    public static JsonElement? Read(string? text)
    {
        var members = new JsonObject();
        foreach (var line in CatalogueItems.Lines(text))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            members[parts[0]] = ValueOf(parts.Length > 1 ? parts[1] : "true");
        }

        return members.Count == 0 ? null : JsonSerializer.SerializeToElement(members);
    }

    public static string Write(JsonElement? attributes) => attributes is { ValueKind: JsonValueKind.Object } json
        ? string.Join('\n', FieldValues.Read(json).Select(member => $"{member.Key} = {member.Value}"))
        : "";

    private static JsonNode ValueOf(string text) => text switch
    {
        "true" or "sim" or "yes" => true,
        "false" or "não" or "no" => false,
        _ when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };
}

/// <summary>Names of members, made of what people call them.</summary>
internal static class FieldKeys
{
    /// <summary>Letters, digits and underscores, first a letter: <c>Já é paciente?</c> is <c>ja_e_paciente</c>.</summary>
    public static string Of(string? label, int index)
    {
        var plain = (label ?? "").Normalize(System.Text.NormalizationForm.FormD).ToLowerInvariant()
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_');
        var key = string.Join('_', string.Concat(plain).Split('_', StringSplitOptions.RemoveEmptyEntries));
        key = key.Length > 40 ? key[..40].TrimEnd('_') : key;
        return key.Length > 0 && char.IsAsciiLetter(key[0])
            ? key
            : $"question_{index + 1}{(key.Length > 0 ? "_" + key : "")}";
    }
}
