namespace Deployment.Providers.Local.Router;

/// <summary>A request's place: the table that it follows, and where it is in flight. Null where the table serves nothing.</summary>
internal readonly record struct Ticket(ActiveTable Table, Visit? Visit);
