using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0009_AuditChecks")]
internal sealed class M0009_AuditChecks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(CheckpointKeys);
        migrationBuilder.Sql(CheckTrail);
    }

    /// <summary>By which key a checkpoint is signed, so that the key can be changed. Older ones do not say.</summary>
    private const string CheckpointKeys = "alter table audit_checkpoints add key_id bytea;";

    /// <summary>
    /// Chains are checked piece by piece, so that progress can be reported and nothing is sorted as a whole. The
    /// pieces that were deleted are known by the checkpoint that ends them. One function serves both chains: the table
    /// and its condition are put into the text, once a piece, so that each is read by its own index.
    /// </summary>
    private const string CheckTrail = """
        create function check_trail(in_chain text, tenant bigint, checked bigint, previous bytea, up_to bigint)
        returns table (first_broken bigint, last_sequence bigint, last_hash bytea) language plpgsql stable as $$
        begin
            return query execute format($query$
                with entries as materialized (
                    select $2 + row_number() over chain as place, l.sequence, l.hash,
                        l.hash <> sha256(coalesce(lag(l.hash) over chain, $3) || audit_payload(l))
                            or (l.salt is not null
                                and l.personal_digest <> audit_digest(l.salt, l.ip_address, l.user_agent)) as is_changed
                    from %s = $1 and l.sequence > $2 and l.sequence <= $4
                    window chain as (order by l.sequence))
                select
                    (select min(place) from entries where sequence <> place or is_changed),
                    (select max(sequence) from entries),
                    (select hash from entries order by sequence desc limit 1)
                $query$,
                case in_chain
                    when 'access' then 'application_access_logs l where l.tenant_id_fk'
                    when 'changes' then 'audit_log l where coalesce(l.tenant_id_fk, 0)'
                end)
            using tenant, checked, previous, up_to;
        end $$;
        """;
}
