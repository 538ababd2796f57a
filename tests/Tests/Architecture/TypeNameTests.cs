using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Core.Storage;

namespace Platform.Tests.Architecture;

/// <summary>A name means one thing in the whole solution.</summary>
public sealed class TypeNameTests
{
    private static readonly Assembly[] Product =
    [
        typeof(Platform.Admin.Web.AdminApi).Assembly,
        typeof(Platform.Api.IApiAssembly).Assembly,
        typeof(Platform.Contracts.Codes).Assembly,
        typeof(TenantDb).Assembly,
        typeof(Platform.Hub.Web.HubApi).Assembly,
        typeof(Platform.Identity.IIdentityAssembly).Assembly,
        typeof(Platform.Mail.MailOptions).Assembly,
        typeof(Platform.ServiceDefaults.Databases.DatabaseSetup).Assembly,
        typeof(Platform.Ui.UiSetup).Assembly,
        typeof(Platform.Worker.WorkerServices).Assembly,
    ];

    [Fact]
    public void Type_names_are_unique()
    {
        var types = Product.SelectMany(assembly => assembly.GetTypes()).Where(IsNamedByUs).ToList();

        var clashes = types.GroupBy(type => type.Name).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(type => type.Namespace))}");

        Assert.True(types.Count > 1000, $"Only {types.Count} types were found.");
        Assert.Empty(clashes.Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// Pages are named by their path (<c>Bookings/Edit</c>), migrations by their database and number. Nested types are
    /// named together with the type around them.
    /// </summary>
    private static bool IsNamedByUs(Type type) =>
        type.Namespace?.StartsWith("Platform.", StringComparison.Ordinal) == true
        && !type.IsNested
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.IsAssignableTo(typeof(PageModel))
        && !type.IsAssignableTo(typeof(RazorPageBase))
        && !type.IsAssignableTo(typeof(Migration));
}
