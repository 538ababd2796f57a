namespace Platform.Tests.Audit;

internal static class Trails
{
    /// <summary>Decisions of a time, as the process would have appended them.</summary>
    public static string Append(long tenantId, int count, string time) => $"""
        select append_access_logs(array_fill({tenantId}::bigint, array[{count}]), array_fill(timestamptz '{time}', array[{count}]),
            array_fill('user:1'::text, array[{count}]), array_fill(1::bigint, array[{count}]), array_fill('tq'::text, array[{count}]),
            array_fill(null::text, array[{count}]), array_fill(true, array[{count}]), array_fill(null::int, array[{count}]),
            array_fill(null::text, array[{count}]), array_fill('GET /'::text, array[{count}]), array_fill(null::text, array[{count}]),
            array_fill('127.0.0.1'::text, array[{count}]), array_fill('test'::text, array[{count}]))
        """;
}
