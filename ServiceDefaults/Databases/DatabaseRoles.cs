namespace Platform.ServiceDefaults.Databases;

/// <summary>
/// Who owns a database, and who works in it. None of these roles is a superuser or bypasses row-level security.
/// </summary>
/// <param name="Group">What migrations grant rights to. Nobody logs in as it; the logins are its members.</param>
/// <param name="Owner">Owns the database and all that is in it: migrations run as it.</param>
/// <param name="Logins">Of the processes. They own nothing and create nothing.</param>
public sealed record DatabaseRoles(string Group, DatabaseLogin Owner, IReadOnlyList<DatabaseLogin> Logins);

public sealed record DatabaseLogin(string Name, string Password);
