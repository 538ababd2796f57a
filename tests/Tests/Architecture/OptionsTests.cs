using System.Reflection;
using System.Text.RegularExpressions;
using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

/// <summary><c>docs/operations.md</c> lists the key of every option, and no other.</summary>
public sealed partial class OptionsTests
{
    /// <summary>Set by code, from keys of their own.</summary>
    private static readonly string[] Derived = ["Oidc__Issuer"];

    private static readonly Assembly[] Processes =
    [
        typeof(Platform.Api.IApiAssembly).Assembly,
        typeof(Platform.Core.Storage.TenantDb).Assembly,
        typeof(Platform.Hub.Web.HubApi).Assembly,
        typeof(Platform.Identity.IIdentityAssembly).Assembly,
        typeof(Platform.Mail.MailOptions).Assembly,
        typeof(Platform.ServiceDefaults.Databases.DatabaseSetup).Assembly,
        typeof(Platform.Ui.UiSetup).Assembly,
        typeof(Platform.Worker.WorkerServices).Assembly,
    ];

    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/operations.md"));

    [Fact]
    public void Every_option_is_documented()
    {
        var keys = Keys().Except(Derived).ToList();

        Assert.True(keys.Count > 40, $"Only {keys.Count} options were found.");
        Assert.DoesNotContain(keys, key => !Regex.IsMatch(Page, $@"`{key}(__\w+)?`"));
    }

    [Fact]
    public void Every_documented_key_of_a_section_of_options_exists()
    {
        var keys = Keys().ToHashSet();
        var sections = keys.Select(key => key.Split("__")[0]).ToHashSet();

        var unknown = Key().Matches(Page).Select(match => match.Groups["key"].Value)
            .Where(key => sections.Contains(key.Split("__")[0]))
            .Where(key => !keys.Any(known => key == known || key.StartsWith($"{known}__", StringComparison.Ordinal)));

        Assert.Empty(unknown);
    }

    private static IEnumerable<string> Keys() =>
    [
        .. (from assembly in Processes
            from type in assembly.GetTypes()
            let field = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)
            let section = field?.GetRawConstantValue() as string
            where section is not null
            from key in KeysOf(type, section)
            select key).Distinct(),
    ];

    /// <summary>Nested options have keys of their own; a list is one key.</summary>
    private static IEnumerable<string> KeysOf(Type type, string prefix) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.CanWrite
        let name = $"{prefix}__{property.Name}"
        let value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
        from key in value.Assembly == type.Assembly && value.IsClass ? KeysOf(value, name) : [name]
        select key;

    [GeneratedRegex(@"`(?<key>[A-Z]\w+?__\w+)`")]
    private static partial Regex Key();
}
