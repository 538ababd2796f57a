namespace Platform.Core.Storage;

/// <summary>Marks the configuration of a table that every tenant has in a schema of its own.</summary>
internal interface ITenantTable;

/// <summary>Marks the configuration of a table of <c>platformdb</c>.</summary>
internal interface IPlatformTable;

/// <summary>Marks the configuration of a table in the schema <c>platform</c> of a cell.</summary>
internal interface IEventsTable;
