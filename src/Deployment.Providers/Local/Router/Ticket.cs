namespace Deployment.Providers.Local.Router;

/// <summary>A request's place: the table that it follows, and its lane. Null where the table serves nothing.</summary>
internal readonly record struct Ticket(ActiveTable Table, Lane? Lane);
