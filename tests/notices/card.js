// Reads a card with the library of Adaptive Cards: what it finds wrong, and every text that it would show.
const cards = require(process.argv[2] + "/dist/adaptivecards.js");
const posted = JSON.parse(require("fs").readFileSync(0, "utf8"));
const card = new cards.AdaptiveCard();
const context = new cards.SerializationContext();
card.parse(posted.attachments[0].content, context);
const wrong = [];
for (let event = 0; event < context.eventCount; event++) wrong.push(context.getEventAt(event).message);
const texts = [];
for (let item = 0; item < card.getItemCount(); item++) {
  const block = card.getItemAt(item);
  for (let run = 0; run < block.getInlineCount(); run++) {
    const inline = block.getInlineAt(run);
    texts.push([inline.getJsonTypeName(), inline.text]);
  }
}
console.log(JSON.stringify({ wrong, texts }));
