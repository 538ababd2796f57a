using Npgsql;
using Platform.Contracts;

namespace Platform.Core.Storage;

public static class DatabaseErrors
{
    /// <summary>The state of what <c>platform.refuse</c> raises.</summary>
    private const string RejectionState = "PLREF";

    /// <summary>A row that was read is another by the time it is locked; no caller sees this reason.</summary>
    public const string RowChanged = "ROW_CHANGED";

    extension(PostgresException e)
    {
        /// <summary>Whether one of our statements ended the transaction for this reason.</summary>
        public bool IsRejection(string reason) => e.IsRejection() && e.MessageText == reason;

        /// <summary>Whether one of our statements ended the transaction, for whatever reason.</summary>
        public bool IsRejection() => e.SqlState == RejectionState;

        /// <summary>Whether somebody else was faster, so that looking again gives the true answer.</summary>
        public bool LostARace() =>
            e.IsRejection(Codes.BookingConflict)
            || e.IsRejection(RowChanged)
            || e.SqlState is PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure;
    }
}
