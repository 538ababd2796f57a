using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>
/// Creates, changes and ends invitations. Invitations of a tenant change one after the other, as its members do: the
/// tenant's row is locked first.
/// </summary>
internal static class InvitationWriting
{
    private const string TargetType = "invitation";

    extension(PeopleWriting writing)
    {
        /// <returns>Not new where the address is invited on the same terms already.</returns>
        public async Task<Result<(Invitation Row, bool IsNew)>> InviteAsync(
            Authority caller, long tenantId, InviteUserRequest request, CancellationToken ct)
        {
            if (await writing.LockAsync(tenantId, ct) is not { } organisation) return Rejection.NotFound;

            if (await writing.GrowingAsync(tenantId, ct) is { } leaving) return leaving;

            var roles = (request.Roles ?? []).Order(StringComparer.Ordinal).ToList();
            var terms = await writing.TermsAsync(caller, tenantId, request.UserType, roles, ct);
            if (!terms.TryGet(out var type, out var refusal)) return refusal;
            if (await MemberAsync(writing.Db, tenantId, request.Email, ct) is { } member)
            {
                return InvitationRules.IsMember(member);
            }

            var now = writing.Clock.Now;
            var row = await OpenAsync(writing.Db, tenantId, request.Email, ct);
            if (row?.StatusAt(now) == InvitationStatuses.Pending)
            {
                var isSame = row.UserTypeId == type.Id && (request.Roles is null || row.Roles.SequenceEqual(roles));
                if (!isSame) return InvitationRules.OtherTerms(row.Id);

                writing.Mail(row, organisation);
                return (row, IsNew: false);
            }

            row = await writing.SaveAsync(row, tenantId, request, type, roles, ct);
            await writing.RecordAsync(row, type.Slug, "invitation.created", null, ct);
            writing.Mail(row, organisation);
            return (row, IsNew: true);
        }

        /// <summary>Sends the mail again; from then on the invitation lives as long as a new one.</summary>
        public Task<Rejection?> ResendAsync(long tenantId, long id, CancellationToken ct) =>
            writing.ChangeAsync(tenantId, id, "invitation.resent", InvitationRules.Changeable, (row, now, organisation) =>
            {
                row.ExpiresAt = now + Invitation.Lifetime;
                writing.Mail(row, organisation);
            }, ct);

        public Task<Rejection?> WithdrawAsync(long tenantId, long id, CancellationToken ct) =>
            writing.ChangeAsync(
                tenantId, id, "invitation.withdrawn", InvitationRules.Changeable,
                (row, now, _) => row.Close(InvitationStatuses.Withdrawn, now), ct);

        public Task<Rejection?> DeclineAsync(long tenantId, long id, CancellationToken ct) =>
            writing.ChangeAsync(
                tenantId, id, "invitation.declined", InvitationRules.Open,
                (row, now, _) => row.Close(InvitationStatuses.Declined, now), ct);

        /// <summary>
        /// Makes the person a member; an existing membership stays as it is. Repeating it changes nothing.
        /// </summary>
        /// <param name="person">Who has the address. In a transaction that sees every tenant.</param>
        public async Task<Result<AcceptedInvitationResponse>> AcceptAsync(
            Invitation found, User person, CancellationToken ct)
        {
            if (await writing.LockAsync(found.TenantId, ct) is not { } organisation) return Rejection.NotFound;

            var (db, now) = (writing.Db, writing.Clock.Now);
            await db.Entry(found).ReloadAsync(ct);
            var accepted = new AcceptedInvitationResponse(found.Id, found.TenantId, organisation, person.Id);
            if (found.Outcome == InvitationStatuses.Accepted && found.UserId == person.Id) return accepted;
            if (InvitationRules.Open(found, now) is { } closed) return closed;

            var type = (await db.UserTypes.FindAsync([found.UserTypeId], ct))!;
            var roles = await db.Roles
                .Where(r => found.Roles.Contains(r.Slug) && (r.TenantId == null || r.TenantId == found.TenantId))
                .Select(r => r.Slug).ToListAsync(ct); // a role may be gone by now
            if (await writing.JoinAsync(found.TenantId, person, type.Slug, roles, ct) is { } refusal) return refusal;

            found.Close(InvitationStatuses.Accepted, now);
            found.UserId = person.Id;
            db.Change(found, writing.Actor);
            await db.SaveChangesAsync(ct);
            await writing.RecordAsync(found, type.Slug, "invitation.accepted", new { found.UserId }, ct);
            return accepted;
        }

        private async Task<Rejection?> ChangeAsync(
            long tenantId, long id, string action, Func<Invitation, DateTimeOffset, Rejection?> check,
            Action<Invitation, DateTimeOffset, string> change, CancellationToken ct)
        {
            var db = writing.Db;
            if (await writing.LockAsync(tenantId, ct) is not { } organisation) return Rejection.NotFound;
            if (await db.Invitations.SingleOrDefaultAsync(i => i.Id == id && i.TenantId == tenantId, ct) is not { } row)
            {
                return Rejection.NotFound;
            }

            var now = writing.Clock.Now;
            if ((writing.Http.CheckVersion(row.Version) ?? check(row, now)) is { } refusal) return refusal;

            change(row, now, organisation);
            db.Change(row, writing.Actor);
            await db.SaveChangesAsync(ct);
            var type = (await db.UserTypes.FindAsync([row.UserTypeId], ct))!;
            await writing.RecordAsync(row, type.Slug, action, null, ct);
            return null;
        }

        /// <param name="row">One that has expired, or null.</param>
        private async Task<Invitation> SaveAsync(
            Invitation? row, long tenantId, InviteUserRequest request, UserType type, List<string> roles, CancellationToken ct)
        {
            var (db, expiresAt, locale) = (writing.Db, writing.Clock.Now + Invitation.Lifetime, request.Locale ?? "pt-BR");
            if (row is null)
            {
                row = new()
                {
                    TenantId = tenantId,
                    Email = request.Email,
                    Name = request.Name,
                    Locale = locale,
                    UserTypeId = type.Id,
                    Roles = roles,
                    ExpiresAt = expiresAt,
                };
                db.Create(row, writing.Actor);
            }
            else
            {
                (row.Name, row.Locale, row.UserTypeId, row.Roles, row.ExpiresAt) =
                    (request.Name, locale, type.Id, roles, expiresAt);
                db.Change(row, writing.Actor);
            }

            await db.SaveChangesAsync(ct);
            return row;
        }

        private void Mail(Invitation row, string organisation) => writing.Http.Features.Set(
            new InvitationMailRequest(row.Id, row.Email, row.Name, row.Locale, organisation));

        /// <summary>By ids and slugs: the invited person's data is personal.</summary>
        private Task RecordAsync(Invitation row, string userType, string action, object? more, CancellationToken ct)
        {
            var snapshot = new InvitationSnapshot(row.Id, userType, row.Roles, row.ExpiresAt);
            var change = new AuditChange(row.TenantId, action, TargetType, row.Id, null, more ?? snapshot);
            return action == InvitationCreated.EventType
                ? writing.Db.RecordAsync(
                    change, new InvitationCreated(snapshot), row.Version, writing.Http, writing.Clock.Now, ct)
                : writing.Db.RecordAsync(change, writing.Http, writing.Clock.Now, ct);
        }
    }

    private static async Task<long?> MemberAsync(PlatformDb db, long tenantId, string email, CancellationToken ct)
    {
        var (memberships, users, key) = (db.Memberships, db.Users, email.ToLowerInvariant());
        return await (
            from m in memberships
            where m.TenantId == tenantId
            join u in users on m.UserId equals u.Id
            where EF.Property<string>(u, "SearchEmail") == key
            select (long?)u.Id).FirstOrDefaultAsync(ct);
    }

    private static Task<Invitation?> OpenAsync(PlatformDb db, long tenantId, string email, CancellationToken ct) =>
        db.InvitationsOf(email).SingleOrDefaultAsync(i => i.TenantId == tenantId && i.Outcome == null, ct);
}
