using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Ui;

/// <summary>Texts and icons are named in pages and kept elsewhere; these tests hold the two together.</summary>
public sealed partial class TextsTests
{
    private static readonly string[] Done =
    [
        Codes.Ok, Codes.BookingCreated, Codes.BookingCancelled, Codes.BookingUpdated, Codes.BookingRescheduled,
        Codes.BookingReassigned, Codes.HoldRenewed, Codes.HoldReleased, Codes.SeriesUpdated, Codes.SeriesCancelled,
        Codes.SeriesPartlyCancelled, Codes.InvitationAccepted, Codes.GroupUpdated,
        Codes.WaitlistJoined, Codes.WaitlistLeft, Codes.ApplicationRetired, Codes.PricingEnded, Codes.LicenseUpdated,
        Codes.MonthClosed, Codes.AdjustmentCreated,
        Codes.AccessGranted, Codes.AccessRevoked, Codes.BookingsImported, Codes.TenantUpdated, Codes.TenantImported,
        Codes.TenantTaskAccepted, Codes.TenantOffboarded, Codes.TenantKept, Codes.TenantPurged,
        Codes.UserInvited, Codes.UserUpdated, Codes.UserActivated, Codes.UserDeactivated, Codes.UserLocked, Codes.UserUnlocked,
        Codes.SessionsEnded, Codes.FactorsReset, Codes.SignUpAccepted, Codes.RoleUpdated, Codes.IdentityProviderUpdated,
        Codes.ServiceAccountUpdated, Codes.ApiKeyRotated, Codes.ApiKeyRevoked, Codes.MailRetried, Codes.WebhookSecretRotated,
        Codes.WebhookQueued, Codes.MessageQueued, Codes.OutsideCalendarPolled, Codes.DeadLetterReplayed,
        Codes.DeadLetterDiscarded,
    ];

    /// <summary>Each file of texts, with the folder whose pages and classes take theirs from it.</summary>
    public static TheoryData<string, string> TextFiles => new()
    {
        { "Ui/Localization/UiText", "Ui" },
        { "Hub.Web/HubText", "Hub.Web" },
        { "Admin.Web/AdminText", "Admin.Web" },
    };

    [Theory, MemberData(nameof(TextFiles))]
    public void Both_languages_have_the_same_texts_with_the_same_holes(string file, string folder)
    {
        var english = Read($"{file}.resx");
        var portuguese = Read($"{file}.pt-BR.resx");

        Assert.NotEmpty(folder);
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), portuguese.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, text => Assert.Equal(Holes(text.Value), Holes(portuguese[text.Key])));
        Assert.All(english.Values.Concat(portuguese.Values), text => Assert.NotEqual("", text.Trim()));
    }

    [Theory, MemberData(nameof(TextFiles))]
    public void Every_text_that_is_named_exists(string file, string folder)
    {
        var texts = Read($"{file}.resx");
        var named = Repository.Files(folder, "*.cs*").SelectMany(path => Use().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups[1].Value)
            .ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(texts.Keys));
    }

    [Fact]
    public void Every_refusal_of_the_api_has_a_sentence()
    {
        var texts = Read("Ui/Localization/UiText.resx");
        var codes = typeof(Codes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Except(Done)
            .Where(code => !code.EndsWith("_CREATED", StringComparison.Ordinal));

        Assert.DoesNotContain(codes, code => !texts.ContainsKey($"Problem.{code}"));
    }

    [Fact]
    public void Every_icon_that_is_named_is_in_the_sprite()
    {
        var icons = File.ReadAllText(Repository.PathOf("Ui/frontend/icons.json"));
        var sprite = JsonSerializer.Deserialize<string[]>(icons)!;
        var named = new[] { "Ui", "Hub.Web", "Admin.Web" }
            .SelectMany(folder => Repository.Files(folder, "*.cshtml"))
            .SelectMany(path => Icon().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups[1].Value)
            .ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(sprite));
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Repository.PathOf(file)).Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Holes(string text) =>
        Hole().Matches(text).Select(hole => hole.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();

    /// <summary>A literal key; one that is put together at run time is checked by the pages' own tests.</summary>
    [GeneratedRegex("""\b[tT]ext\["([A-Za-z][^"{]*)"[],]""")]
    private static partial Regex Use();

    [GeneratedRegex("""<icon name="([a-z0-9-]+)" """)]
    private static partial Regex Icon();
}
