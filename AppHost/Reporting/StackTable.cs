using System.Text;
using Platform.Contracts.Tenants;

namespace Platform.AppHost.Reporting;

/// <param name="Name">What a person calls it.</param>
internal sealed record StackLink(string Name, string Url);

/// <summary>What a person needs to start clicking: where everything is, and who can sign in.</summary>
internal static class StackTable
{
    public static string Of(IReadOnlyList<StackLink> links, TimeSpan started, bool demo)
    {
        var table = new StringBuilder($"The stack is ready after {started.TotalSeconds:0} s.").AppendLine().AppendLine();
        AppendRows(table, [.. links.Select(link => (string[])[link.Name, link.Url])]);

        if (demo)
        {
            table.AppendLine().AppendLine($"Demo accounts, all with the password {DemoTenants.Password}").AppendLine();
            AppendRows(table, [.. DemoAccounts()]);
        }

        return table.AppendLine().Append("Problems appear below. Ctrl+C stops everything.").ToString();
    }

    private static IEnumerable<string[]> DemoAccounts() =>
        (from tenant in DemoTenants.All
         from user in tenant.Users
         select (string[])[user.Email, $"{user.Name}, {user.UserType} of {tenant.Name} (tenant {tenant.Id})", "Hub"])
        .Append([DemoTenants.Staff.Email, $"{DemoTenants.Staff.Name}, platform staff", "Admin"]);

    private static void AppendRows(StringBuilder table, IReadOnlyList<string[]> rows)
    {
        if (rows is []) return;

        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();

        foreach (var row in rows)
        {
            table.Append("  ").AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
