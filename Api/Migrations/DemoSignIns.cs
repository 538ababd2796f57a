using Platform.Contracts.Tenants;

namespace Platform.Api.Migrations;

/// <summary>The demo's sign-in data as a table for people. In Development only.</summary>
internal static class DemoSignIns
{
    public static string Table()
    {
        string[][] rows =
        [
            ["who", "e-mail", "password", "tenant", "as"],
            .. from tenant in DemoTenants.All
               from user in tenant.Users
               select (string[])[user.Name, user.Email, DemoTenants.Password, tenant.Slug, $"{user.UserType}, {user.Role}"],
            [DemoTenants.Staff.Name, DemoTenants.Staff.Email, DemoTenants.Password, "-", "platform staff"],
            [DemoTenants.Viewer.Name, DemoTenants.Viewer.Email, DemoTenants.Password, "-", "platform staff, only to read"],
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();

        return string.Join('\n', rows.Select(row =>
            string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }
}
