using Npgsql;

namespace Platform.Worker.Tenants;

/// <summary>The archive of a task, read piece by piece.</summary>
internal sealed class TaskFileReader(NpgsqlConnection connection, long taskId) : Stream
{
    private ReadOnlyMemory<byte> _piece;
    private int _next;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_piece.IsEmpty) _piece = await NextAsync(cancellationToken);

        var length = Math.Min(_piece.Length, buffer.Length);
        _piece[..length].CopyTo(buffer);
        _piece = _piece[length..];
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush()
    {
    }

    private async Task<ReadOnlyMemory<byte>> NextAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select bytes from tenant_task_files where task_id = $1 and place = $2", connection)
        {
            Parameters = { new() { Value = taskId }, new() { Value = _next++ } },
        };
        return await command.ExecuteScalarAsync(ct) is byte[] bytes ? bytes : default;
    }
}
