using System.Reflection;
using System.Xml.Linq;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

public sealed class DependencyTests
{
    private static readonly Assembly Core = typeof(TenantDb).Assembly;

    /// <summary>
    /// The allowed project references. A project missing here fails the test, so the table stays true.
    /// </summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Admin.Web"] = ["Contracts", "ServiceDefaults", "Ui"],
        ["Api"] = ["Core", "Mail", "ServiceDefaults"],
        ["AppHost"] = ["Admin.Web", "Api", "Contracts", "Hub.Web", "Identity", "Worker"],
        ["Contracts"] = [],
        ["Core"] = ["Contracts"],
        ["Hub.Web"] = ["Contracts", "ServiceDefaults", "Ui"],
        ["Identity"] = ["Contracts", "Mail", "ServiceDefaults", "Ui"],
        ["Mail"] = ["Contracts"],
        ["ServiceDefaults"] = [],
        ["Ui"] = ["Contracts", "ServiceDefaults"],
        ["Worker"] = ["Core", "Mail", "ServiceDefaults"],
    };

    /// <summary>
    /// The module references that Core allows. Modules without a listed reference communicate by events.
    /// </summary>
    private static readonly Dictionary<string, string[]> Modules = new()
    {
        ["Analytics"] = ["Storage"],
        ["ApiKeys"] = ["People", "Storage", "Tenants"],
        ["Audit"] = ["Outbox", "Storage"],
        ["Availability"] = [],
        ["Billing"] = ["Audit", "Availability", "Storage"],
        ["Bookings"] = ["Availability", "Catalogue", "Clients", "ICalendar", "Idempotency", "Outbox", "Storage"],
        ["Calendars"] = ["Availability", "Catalogue", "ICalendar", "Storage"],
        ["Catalogue"] = ["Availability", "Storage"],
        ["Changes"] = ["Storage"],
        ["Clients"] = ["Availability", "Catalogue", "Storage"],
        ["ICalendar"] = ["Availability"],
        ["Idempotency"] = ["Storage"],
        ["Licensing"] = ["Audit", "Outbox", "People", "Storage", "Tenants"],
        ["Messages"] = ["Storage"],
        ["Metrics"] = ["Analytics", "Storage", "Tenants"],
        ["Outbox"] = ["Storage"],
        ["People"] = ["Audit", "Storage", "Tenants"],
        ["Pricing"] = ["Licensing", "People", "Storage"],
        ["Reports"] = ["Analytics", "Availability", "Storage"],
        ["Scim"] = ["People", "Storage", "Tenants"],
        ["Storage"] = [],
        ["Tenants"] = ["Audit", "Storage"],
        ["Webhooks"] = ["Storage"],
    };

    [Fact]
    public void Projects_reference_only_what_they_may()
    {
        string[] free = ["tests", "bench"];
        var actual =
            from path in Repository.Files("", "*.csproj")
            let folder = Path.GetRelativePath(Repository.PathOf(""), path).Split(Path.DirectorySeparatorChar)[0]
            where !free.Contains(folder)
            let references = XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))
            select $"{Path.GetFileNameWithoutExtension(path)}: {string.Join(", ", references.Order())}";

        Assert.Equal(Projects.Select(p => $"{p.Key}: {string.Join(", ", p.Value.Order())}").Order(), actual.Order());
    }

    [Fact]
    public void Contracts_depend_only_on_the_base_class_library() =>
        Assert.All(
            typeof(Contracts.Codes).Assembly.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name));

    [Fact]
    public void Core_modules_reference_only_the_modules_they_may()
    {
        var edges = (
            from node in CodeGraph.Of(Core)
            from mention in node.Mentions
            let pair = (From: ModuleOf(node.Type.FullName!), To: ModuleOf(mention))
            where pair.From is not null && pair.To is not null && pair.From != pair.To
            select (pair.From, pair.To)).Distinct().ToList();

        Assert.NotEmpty(edges);
        Assert.All(edges, edge => Assert.True(
            Modules[edge.From!].Contains(edge.To), $"{edge.From} knows {edge.To}, which it may not."));

        static string? ModuleOf(string type) =>
            type.Split('.') is ["Platform", "Core", var module, _, ..] ? module : null;
    }

    [Fact]
    public void Core_modules_have_no_cyclic_references()
    {
        var left = Modules.ToDictionary();
        while (left.FirstOrDefault(m => !m.Value.Any(left.ContainsKey)) is { Key: { } leaf }) left.Remove(leaf);
        Assert.Empty(left.Keys);
    }

    [Fact]
    public void Rules_are_pure()
    {
        string[] impure =
        [
            "Microsoft.EntityFrameworkCore", "Microsoft.Extensions", "Npgsql", "System.Data", "System.IO",
            "System.Net", "System.Random", "System.Threading.Tasks", "System.TimeProvider",
        ];

        var rules = CodeGraph.Of(Core)
            .Where(node => node.Type.Name.EndsWith("Rules", StringComparison.Ordinal)
                || node.Type.Namespace is "Platform.Core.Availability" or "Platform.Core.ICalendar")
            .ToList();

        Assert.True(rules.Count >= 4, "The rules are not where this test looks for them.");
        Assert.Empty(
            from rule in rules
            from mention in rule.Mentions
            where impure.Any(prefix => mention.StartsWith(prefix, StringComparison.Ordinal))
            select $"{rule.Type.Name} mentions {mention}");
    }
}
